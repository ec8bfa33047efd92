package io.offramp.proxy.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadsTest {
    @TempDir
    private Path directory;

    private final List<String> events = new ArrayList<>();
    private final Reloads reloads = new Reloads(new ReloadEvents() {
        @Override
        public void onReloaded(Reloadable what) {
            events.add(what.kind() + " reloaded");
        }

        @Override
        public void onReloadFailed(Reloadable what) {
            events.add(what.kind() + " failed");
        }
    });
    private Path file;
    private String inUse = "one";
    private int loads;

    @BeforeEach
    void register() throws IOException {
        file = Files.writeString(directory.resolve("file"), "one");
        reloads.register(Reloadable.of("text", "web", List.of(file), this::load));
        reloads.poll();
        loads = 0;
    }

    @AfterEach
    void close() {
        reloads.close();
    }

    @Test
    void shouldReadNothingWhileNothingChanges() {
        reloads.poll();
        reloads.poll();

        assertThat(loads).isZero();
        assertThat(events).isEmpty();
    }

    @Test
    void shouldSeeWhatChangedBetweenTheFirstReadAndTheFirstLook() throws IOException {
        try (Reloads others = new Reloads(reloadsEvents())) {
            others.register(Reloadable.of("text", "web", List.of(file), this::load));
            replace("two");
            others.poll();
        }

        assertThat(inUse).isEqualTo("two");
    }

    @Test
    void shouldTakeAFileThatWasWrittenOverMovedInOrLinkedElsewhere() throws IOException {
        Files.writeString(file, "longer");
        reloads.poll();
        assertThat(inUse).isEqualTo("longer");

        Path other = Files.writeString(directory.resolve("other"), "moved!");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        reloads.poll();
        assertThat(inUse).as("by its inode: size and time are the same").isEqualTo("moved!");

        Path target = Files.writeString(directory.resolve("target"), "linked");
        Path link = Files.createSymbolicLink(directory.resolve("link"), target);
        Files.move(link, file, StandardCopyOption.REPLACE_EXISTING);
        reloads.poll();
        assertThat(inUse).isEqualTo("linked");

        assertThat(events).containsExactly("text reloaded", "text reloaded", "text reloaded");
    }

    @Test
    void shouldSeeADirectorySwappedUnderALinkAsKubernetesDoes() throws IOException {
        Path first = Files.createDirectory(directory.resolve("..1"));
        Path second = Files.createDirectory(directory.resolve("..2"));
        Files.writeString(first.resolve("tls.crt"), "first");
        Files.writeString(second.resolve("tls.crt"), "other");
        Path data = Files.createSymbolicLink(directory.resolve("..data"), first);
        Path volume = Files.createDirectory(directory.resolve("volume"));
        Files.createSymbolicLink(volume.resolve("tls.crt"), data.resolve("tls.crt"));
        List<String> seen = new ArrayList<>();
        reloads.register(Reloadable.of("volume", "web", List.of(volume), () -> {
            seen.add(Files.readString(volume.resolve("tls.crt")));
            return List.of();
        }));
        reloads.poll();

        Path swapped = Files.createSymbolicLink(directory.resolve("..tmp"), second);
        Files.move(swapped, data, StandardCopyOption.REPLACE_EXISTING);
        reloads.poll();
        reloads.poll();

        assertThat(seen).containsExactly("first", "other");
    }

    @Test
    void shouldSeeFilesComeAndGoInADirectory() throws IOException {
        Path certs = Files.createDirectory(directory.resolve("certs.d"));
        List<Long> counts = new ArrayList<>();
        reloads.register(Reloadable.of("directory", "web", List.of(certs), () -> {
            try (var entries = Files.list(certs)) {
                counts.add(entries.count());
            }
            return List.of();
        }));
        reloads.poll();
        Files.writeString(certs.resolve("a"), "a");
        reloads.poll();
        reloads.poll();
        Files.delete(certs.resolve("a"));
        reloads.poll();

        assertThat(counts).containsExactly(0L, 1L, 0L);
    }

    @Test
    void shouldTellOfAWrongReplacementOnceAndKeepWhatIsInUse() throws IOException {
        replace("bad");
        for (int i = 0; i < 5; i++) {
            reloads.poll();
        }

        assertThat(events).containsExactly("text failed");
        assertThat(inUse).isEqualTo("one");
        assertThat(loads).isEqualTo(1);
    }

    @Test
    void shouldNotTellOfAReplacementThatIsCompleteByTheNextLook() throws IOException {
        replace("bad");
        reloads.poll();
        replace("good");
        reloads.poll();
        reloads.poll();

        assertThat(events).containsExactly("text reloaded");
        assertThat(inUse).isEqualTo("good");
    }

    @Test
    void shouldTellOfAFileThatIsGone() throws IOException {
        Files.delete(file);
        reloads.poll();
        reloads.poll();

        assertThat(events).containsExactly("text failed");
        assertThat(inUse).isEqualTo("one");
    }

    @Test
    void shouldReloadEverythingWhenToldTo() throws Exception {
        reloads.register(Reloadable.of("fault", "tcp", List.of(), () -> {
            throw new IllegalStateException("ours");
        }));
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plus(Duration.ofDays(1))));

        assertThat(report())
                .isEqualTo(new ReloadReport(
                        List.of("web: text: unchanged", "tcp: fault: error: java.lang.IllegalStateException: ours"),
                        ReloadReport.Result.REFUSED));
        replace("two");
        assertThat(report().lines()).startsWith("web: text: is two");
        replace("bad");
        assertThat(report().lines()).startsWith("web: text: error: is bad");
        events.clear();
        reloads.poll();
        assertThat(events).as("reported already").isEmpty();
    }

    @Test
    void shouldGoOnLookingAfterErrorsAndFaultyListeners() throws IOException {
        // Given one that has no memory, and one whose change nobody takes, in front of another
        List<String> seen = new ArrayList<>();
        try (Reloads others = new Reloads(new ReloadEvents() {
            @Override
            public void onReloaded(Reloadable what) {
                throw new IllegalStateException("ours");
            }

            @Override
            public void onReloadFailed(Reloadable what) {}
        })) {
            others.register(Reloadable.of("large", "web", List.of(file), () -> {
                throw new OutOfMemoryError("too large");
            }));
            others.register(Reloadable.of("told", "web", List.of(file), () -> List.of("changed")));
            others.register(Reloadable.of("text", "web", List.of(file), () -> {
                seen.add(Files.readString(file));
                return List.of();
            }));

            // When
            others.poll();
            replace("two");
            others.poll();
        }

        // Then
        assertThat(seen).containsExactly("one", "two");
    }

    @Test
    void shouldLookAgainAtWhatIsNotSettled() throws Exception {
        List<Boolean> unsettled = new ArrayList<>(List.of(true, false, true, false));
        Reloadable what = new Reloadable() {
            @Override
            public String kind() {
                return "text";
            }

            @Override
            public String owner() {
                return "tcp";
            }

            @Override
            public List<Path> files() {
                return List.of(file);
            }

            @Override
            public ReloadOutcome reload() {
                return new ReloadOutcome(List.of(), List.of(), unsettled.removeFirst());
            }
        };
        reloads.register(what);

        reloads.poll();
        reloads.poll();
        reloads.poll();
        assertThat(unsettled).hasSize(2);
        assertThat(report().lines()).contains("tcp: text: unchanged");
        assertThat(unsettled).as("the caller of a reload does not wait").isEmpty();
    }

    @Test
    void shouldReloadNothingOnceItIsClosed() {
        reloads.close();
        assertThat(reloads.reloadAll()).isCompletedExceptionally();
    }

    private ReloadReport report() throws Exception {
        return reloads.reloadAll().get(5, TimeUnit.SECONDS);
    }

    private List<String> load() throws IOException {
        loads++;
        String text = Files.readString(file);
        if (text.equals("bad")) {
            throw new IOException("is bad");
        }
        boolean changed = !text.equals(inUse);
        inUse = text;
        return changed ? List.of("is " + text) : List.of();
    }

    private void replace(String text) throws IOException {
        Path next = Files.writeString(directory.resolve("next"), text);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private ReloadEvents reloadsEvents() {
        return new ReloadEvents() {
            @Override
            public void onReloaded(Reloadable what) {}

            @Override
            public void onReloadFailed(Reloadable what) {}
        };
    }
}
