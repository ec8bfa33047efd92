package io.offramp.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.offramp.proxy.connection.TestConnections;
import io.offramp.proxy.exchange.AccessEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {
    private static final LineFormat TARGETS = LineFormat.parse("{target}");

    @TempDir
    private Path directory;

    private final AccessLog log = new AccessLog();

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void shouldWriteNothingUnlessItIsOn() throws IOException {
        finish("/a", 200, 0, null);
        log.become(AccessLogConfig.OFF);
        finish("/b", 200, 0, null);
        log.reopen();
        assertThat(log.waitingBytes()).isZero();
        assertThat(log.lost()).isZero();
    }

    @Test
    void shouldHaveWrittenAllLinesWhenItIsClosed() throws IOException {
        // Given
        log.become(config("a.log", LineFilter.ALL));
        List<String> all = IntStream.range(0, 5000).mapToObj(i -> "/" + i).toList();

        // When
        all.forEach(target -> finish(target, 200, 0, null));
        log.close();

        // Then
        assertThat(lines("a.log")).isEqualTo(all);
        assertThat(log.lost()).isZero();
    }

    @Test
    void shouldCarryADestinationOverWhenFormatOrFilterChange() throws IOException {
        log.become(config("a.log", LineFilter.ALL));
        finish("/before", 200, 0, null);
        Files.move(directory.resolve("a.log"), directory.resolve("moved")); // another opening would be seen

        log.become(new AccessLogConfig(
                config("a.log", LineFilter.ALL).target(),
                LineFormat.parse("{status} {target}"),
                LineFilter.ALL,
                LogBuffer.DEFAULTS));
        finish("/after", 404, 0, null);
        log.close();

        assertThat(lines("moved")).containsExactly("/before", "404 /after");
        assertThat(directory.resolve("a.log")).doesNotExist();
    }

    @Test
    void shouldFlushTheOldDestinationWhenAnotherTakesOver() throws IOException {
        log.become(config("a.log", LineFilter.ALL));
        finish("/before", 200, 0, null);

        log.become(config("b.log", LineFilter.ALL));
        finish("/after", 200, 0, null);

        assertThat(lines("a.log")).containsExactly("/before");
        await().untilAsserted(() -> assertThat(lines("b.log")).containsExactly("/after"));
    }

    @Test
    void shouldStayAsItIsWhenADestinationCannotBeOpened() throws IOException {
        log.become(config("a.log", LineFilter.ALL));

        assertThatThrownBy(() -> log.become(config("missing/b.log", LineFilter.ALL)))
                .isInstanceOf(IOException.class);
        finish("/a", 200, 0, null);
        log.close();

        assertThat(lines("a.log")).containsExactly("/a");
    }

    @Test
    void shouldWriteErrorsOnly() throws IOException {
        log.become(config("a.log", new LineFilter(true, Long.MAX_VALUE, 0)));
        finish("/200", 200, 0, null);
        finish("/399", 399, 0, null);
        finish("/400", 400, 0, null);
        finish("/503", 503, 0, null);
        finish("/failed", 200, 0, "upstream reset");
        finish("/tcp", 0, 0, null);
        log.close();

        assertThat(lines("a.log")).containsExactly("/400", "/503", "/failed");
    }

    @Test
    void shouldWriteErrorsAndWhatIsSlow() throws IOException {
        log.become(config("a.log", new LineFilter(true, TimeUnit.MILLISECONDS.toNanos(5), 0)));
        finish("/fast", 200, 5_000_000, null);
        finish("/slow", 200, 5_000_001, null);
        finish("/fast-error", 500, 0, null);
        log.close();

        assertThat(lines("a.log")).containsExactly("/slow", "/fast-error");
    }

    @Test
    void shouldWriteAnEvenShare() throws IOException {
        log.become(config("a.log", new LineFilter(true, Long.MAX_VALUE, 0.01)));
        for (int i = 1; i <= 1000; i++) {
            finish("/" + i, 200, 0, null);
        }
        finish("/error", 500, 0, null);
        log.close();

        List<String> lines = lines("a.log");
        assertThat(lines).hasSizeBetween(10, 11).endsWith("/error");
        assertThat(lines.subList(0, 9).stream().map(line -> Integer.parseInt(line.substring(1)) / 100))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 9).boxed().toList());
    }

    private AccessLogConfig config(String name, LineFilter filter) {
        LogTarget target =
                new LogTarget.File(directory.resolve(name), PosixFilePermissions.fromString("rw-------"), null);
        LogBuffer buffer = new LogBuffer(16 << 10, 4 << 20, Duration.ofMillis(20));
        return new AccessLogConfig(target, TARGETS, filter, name.equals("a.log") ? LogBuffer.DEFAULTS : buffer);
    }

    private void finish(String target, int status, long durationNs, @Nullable String abort) {
        if (log.wants(status, durationNs, abort)) {
            log.onFinished(new AccessEntry(
                    TestConnections.accepted(1),
                    "HTTP/1.1",
                    0,
                    "GET",
                    target,
                    "a",
                    status,
                    0,
                    0,
                    durationNs,
                    null,
                    null,
                    abort));
        }
    }

    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(directory.resolve(name));
    }
}
