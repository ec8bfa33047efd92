package io.offramp.proxy.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.reload.ReloadReport.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The item that decides which others there are. */
class ReloadRootTest {
    private final Reloads reloads = new Reloads(new ReloadEvents() {
        @Override
        public void onReloaded(Reloadable what) {}

        @Override
        public void onReloadFailed(Reloadable what) {}
    });
    private ReloadOutcome outcome = ReloadOutcome.changed(List.of());
    private int loads;
    private boolean leaving;

    @TempDir
    private Path directory;

    private Path file;

    private final class Root implements ReloadRoot {
        @Override
        public String kind() {
            return "configuration";
        }

        @Override
        public String owner() {
            return "offramp.yaml";
        }

        @Override
        public List<Path> files() {
            return List.of(file);
        }

        @Override
        public ReloadOutcome reload() {
            loads++;
            return outcome;
        }

        @Override
        public boolean isLeaving() {
            return leaving;
        }

        @Override
        public ReloadReport dryRun() {
            return new ReloadReport(List.of(), Result.DONE);
        }
    }

    @BeforeEach
    void register() throws IOException {
        file = Files.writeString(directory.resolve("offramp.yaml"), "one");
        reloads.registerRoot(new Root(), true);
    }

    @AfterEach
    void close() {
        reloads.close();
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            reloads.poll();
        }
    }

    private ReloadReport report() throws Exception {
        return reloads.reloadAll().get(5, TimeUnit.SECONDS);
    }

    @Test
    void shouldReadWhatMayHaveChangedSinceTheStart() {
        look(1);
        assertThat(loads).isEqualTo(1);

        look(100);
        assertThat(loads).isEqualTo(1);
    }

    @Test
    void shouldLeaveAChangeAloneWhileItsProcessLeaves() throws IOException {
        // Given
        look(1);
        leaving = true;

        // When
        Files.writeString(file, "another");
        look(3);

        // Then
        assertThat(loads).isEqualTo(1);
        leaving = false; // it serves again
        look(1);
        assertThat(loads).isEqualTo(2);
    }

    @Test
    void shouldTryARefusedConfigurationAgainLaterEachTime() {
        outcome = ReloadOutcome.failed("no such certificate");
        look(1);
        look(1);
        assertThat(loads).isEqualTo(1);
        look(1);
        assertThat(loads).isEqualTo(2);
        look(3);
        assertThat(loads).isEqualTo(2);
        look(1);
        assertThat(loads).isEqualTo(3);

        outcome = ReloadOutcome.changed(List.of("is in use"));
        look(8);
        assertThat(loads).isEqualTo(4);
        look(100);
        assertThat(loads).as("in use").isEqualTo(4);
    }

    @Test
    void shouldSayThatTheConfigurationIsInUseIfAnotherFileIsRefused() throws Exception {
        reloads.register(Reloadable.of("token", "admin", List.of(), () -> {
            throw new IOException("no such file");
        }));
        outcome = ReloadOutcome.changed(List.of("generation 2 is in use"));

        ReloadReport used = report();

        assertThat(used.result()).isEqualTo(Result.IN_PART);
        assertThat(used.lines())
                .containsExactly(
                        "offramp.yaml: configuration: generation 2 is in use", "admin: token: error: no such file");
        outcome = ReloadOutcome.changed(List.of());
        assertThat(report().result()).isEqualTo(Result.REFUSED);
        outcome = ReloadOutcome.failed("no");
        assertThat(report())
                .isEqualTo(new ReloadReport(List.of("offramp.yaml: configuration: error: no"), Result.REFUSED));
    }
}
