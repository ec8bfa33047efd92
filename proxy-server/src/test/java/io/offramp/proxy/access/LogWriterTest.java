package io.offramp.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.TestConnections;
import io.offramp.proxy.exchange.AccessEntry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogWriterTest {
    private static final int BLOCK_BYTES = 16 << 10;
    private static final LineLayout TARGETS = new LineLayout(LineFormat.parse("{target}"));
    private static final Connection CONNECTION = TestConnections.established(1, "example.com");
    private static final LogOutput NOWHERE = new LogOutput() {
        @Override
        public void write(ByteBuffer lines) {
            lines.position(lines.limit());
        }

        @Override
        public void reopen() {}

        @Override
        public void close() {}
    };
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final CollectingOutput output = new CollectingOutput();
    private final LogCounters counters = new LogCounters();
    private LogWriter writer = writer(4, Duration.ofMillis(5));

    private LogWriter writer(int blocks, Duration delay) {
        return writer(blocks, delay, output);
    }

    private LogWriter writer(int blocks, Duration delay, LogOutput output) {
        LogBuffer buffer = new LogBuffer(BLOCK_BYTES, (long) blocks * BLOCK_BYTES, delay);
        return new LogWriter(new LogTarget.Stdout(), output, buffer, counters, InstantSource.system());
    }

    @AfterEach
    void end() {
        writer.close(Duration.ZERO, LIMIT);
    }

    @Test
    void shouldWriteALineSoonWithoutAnotherBehindIt() {
        writer.start();
        LoopLines loop = writer.newLines();
        for (int i = 0; i < 3; i++) {
            loop.append(exchange("/" + i), TARGETS);
            int lines = i + 1;
            await().untilAsserted(() -> assertThat(output.lines()).hasSize(lines));
        }
        assertThat(output.lines()).containsExactly("/0", "/1", "/2");
        await().until(() -> writer.waiting() == 0);
    }

    @Test
    void shouldWriteWhatManyLoopsAppendEachInItsOrder() throws Exception {
        // Given
        writer = writer(64, Duration.ofMillis(1));
        writer.start();
        int each = 20_000;

        // When
        List<Thread> loops = new ArrayList<>();
        for (int loop = 0; loop < 4; loop++) {
            String name = "/loop-" + loop + "/";
            loops.add(Thread.ofPlatform().start(() -> {
                LoopLines lines = writer.newLines();
                for (int i = 0; i < each; i++) {
                    lines.append(exchange(name + i), TARGETS);
                    while (writer.waiting() > 8 * BLOCK_BYTES) {
                        Thread.onSpinWait();
                    }
                }
            }));
        }
        for (Thread loop : loops) {
            loop.join();
        }
        writer.close(Duration.ZERO, LIMIT);

        // Then
        assertThat(counters.lost()).isZero();
        List<String> written = output.lines();
        assertThat(written).hasSize(4 * each);
        for (int loop = 0; loop < 4; loop++) {
            String name = "/loop-" + loop + "/";
            assertThat(written.stream().filter(line -> line.startsWith(name)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, each).mapToObj(i -> name + i).toList());
        }
        assertThat(output.isClosed()).isTrue();
    }

    @Test
    void shouldCountEachLineThatFindsNoRoomWhileNothingIsTaken() {
        // Given
        output.take(0);
        writer.start();
        LoopLines loop = writer.newLines();
        String target = "/" + "a".repeat(998);

        // When
        int lines = 500;
        for (int i = 0; i < lines; i++) {
            loop.append(exchange(target), TARGETS);
        }
        long lost = counters.lost();
        output.take(CollectingOutput.ALL);
        writer.close(Duration.ZERO, LIMIT);

        // Then: a block has room while there is room for the longest line
        int perBlock = (BLOCK_BYTES - LineBytes.MOST_BYTES) / 1000 + 1;
        assertThat(lost).isEqualTo(lines - 4L * perBlock);
        assertThat(counters.lost()).isEqualTo(lost);
        assertThat(output.lines()).hasSize(4 * perBlock).containsOnly(target);
        assertThat(writer.waiting()).isZero();
    }

    @Test
    void shouldKeepLinesOverFailuresAndPartsOfLines() {
        // Given
        output.take(CollectingOutput.FAIL);
        writer.start();
        LoopLines loop = writer.newLines();
        loop.append(exchange("/first"), TARGETS);
        loop.append(exchange("/second"), TARGETS);
        await().until(() -> counters.failures() > 0);

        // When
        output.take(9);
        await().until(() -> output.lines().equals(List.of("/first", "/s")));
        output.take(CollectingOutput.FAIL);
        long failures = counters.failures();
        await().until(() -> counters.failures() > failures);
        output.take(CollectingOutput.ALL);

        // Then
        await().untilAsserted(() -> assertThat(output.lines()).containsExactly("/first", "/second"));
        assertThat(counters.lost()).isZero();
    }

    @Test
    void shouldPutNoLineOfAnotherLoopIntoAPartOfALine() {
        // Given a line of the second loop that is cut
        output.take(9);
        LoopLines first = writer.newLines();
        LoopLines second = writer.newLines();
        first.append(exchange("/first"), TARGETS);
        second.append(exchange("/second"), TARGETS);
        writer.start();
        await().until(() -> output.lines().equals(List.of("/first", "/s")));

        // When
        first.append(exchange("/third"), TARGETS);
        output.take(CollectingOutput.ALL);

        // Then
        await().until(() -> writer.waiting() == 0);
        assertThat(output.lines()).containsExactly("/first", "/second", "/third");
    }

    @Test
    void shouldGoOnWithFewerBlocksThanLoopsNeed() {
        // Given
        writer = writer(1, Duration.ofMillis(1));
        writer.start();
        List<LoopLines> loops = List.of(writer.newLines(), writer.newLines());
        String target = "/" + "a".repeat(998);

        // When each loop fills several blocks, and all is written in between
        int lines = 100;
        for (int i = 0; i < lines; i++) {
            loops.forEach(loop -> loop.append(exchange(target), TARGETS));
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> writer.waiting() == 0);
        }

        // Then
        assertThat(counters.lost()).isZero();
        assertThat(output.lines()).hasSize(2 * lines);
    }

    @Test
    void shouldWriteAgainAfterAFaultOfItsOutput() {
        // Given
        output.take(CollectingOutput.BREAK);
        writer.start();
        writer.newLines().append(exchange("/a"), TARGETS);
        await().until(() -> counters.failures() > 0);

        // When
        output.take(CollectingOutput.ALL);

        // Then
        await().untilAsserted(() -> assertThat(output.lines()).containsExactly("/a"));
    }

    @Test
    void shouldReopenWhileThereIsAlwaysALineToWrite() {
        // Given an output that is slower than the lines
        AtomicReference<@Nullable LoopLines> busy = new AtomicReference<>();
        AtomicInteger writes = new AtomicInteger();
        AtomicInteger reopened = new AtomicInteger();
        writer = writer(4, Duration.ofMillis(5), new LogOutput() {
            @Override
            public void write(ByteBuffer lines) {
                lines.position(lines.limit());
                writes.incrementAndGet();
                LoopLines loop = busy.get();
                if (loop != null) {
                    loop.append(exchange("/next"), TARGETS);
                }
            }

            @Override
            public void reopen() {
                reopened.incrementAndGet();
            }

            @Override
            public void close() {}
        });
        LoopLines loop = writer.newLines();
        loop.append(exchange("/first"), TARGETS);
        busy.set(loop);
        writer.start();

        // When
        await().until(() -> writes.get() > 10);
        writer.reopen();

        // Then
        try {
            await().until(() -> reopened.get() == 1);
        } finally {
            busy.set(null);
        }
    }

    @Test
    void shouldTryAgainAfterAFailureAtTheEnd() {
        // Given an output that fails twice, as a socket does whose receiver was restarted
        output.fail(2);
        writer = writer(4, Duration.ofMinutes(1));
        writer.newLines().append(exchange("/a"), TARGETS);
        writer.start();

        // When the second time is at the end
        await().until(() -> output.writes() == 1);
        writer.close(Duration.ZERO, LIMIT);

        // Then
        assertThat(output.lines()).containsExactly("/a");
        assertThat(counters.lost()).isZero();
    }

    @Test
    void shouldCountALineThatALoopAppendsAfterTheEnd() {
        writer.start();
        LoopLines loop = writer.newLines();
        loop.append(exchange("/written"), TARGETS);
        writer.close(Duration.ZERO, LIMIT);

        loop.append(exchange("/late"), TARGETS);
        loop.append(exchange("/later"), TARGETS);
        assertThat(counters.lost()).isEqualTo(2);
        writer.newLines().append(exchange("/latest"), TARGETS);

        assertThat(counters.lost()).isEqualTo(3);
        assertThat(output.lines()).containsExactly("/written");
    }

    @Test
    void shouldCountWhatIsLeftAtTheEnd() {
        output.take(CollectingOutput.FAIL);
        writer.start();
        LoopLines loop = writer.newLines();
        for (int i = 0; i < 100; i++) {
            loop.append(exchange("/" + "a".repeat(500)), TARGETS);
        }

        writer.close(Duration.ZERO, Duration.ofMillis(100));

        assertThat(counters.lost()).isEqualTo(100);
        assertThat(output.isClosed()).isTrue();
    }

    @Test
    void shouldWriteBeforeItsTimeWheneverHalfOfTheRoomIsUsed() {
        // Given a writer that looks for lines every minute only
        writer = writer(8, Duration.ofMinutes(1));
        writer.start();
        LoopLines loop = writer.newLines();
        String target = "/" + "a".repeat(998);
        long perBlock = 13_000;

        // When
        for (int i = 0; i < 500; i++) {
            loop.append(exchange(target), TARGETS);
            if (writer.waiting() > 5 * perBlock) {
                await().until(() -> writer.waiting() <= 4 * perBlock);
            }
        }

        // Then
        assertThat(counters.lost()).isZero();
    }

    @Test
    void shouldNotSpinWhileNothingIsTaken() {
        // Given
        output.take(CollectingOutput.FAIL);
        writer.start();
        LoopLines loop = writer.newLines();
        long from = System.nanoTime();

        // When a loop is in a hurry all the time
        while (System.nanoTime() - from < Duration.ofMillis(500).toNanos()) {
            loop.append(exchange("/" + "a".repeat(500)), TARGETS);
        }

        // Then
        assertThat(output.writes()).isBetween(1, 20);
        output.take(CollectingOutput.ALL);
    }

    @Test
    void shouldReopenOnDemandAlsoWhileItSleeps() {
        writer.start();
        writer.reopen();
        await().until(() -> output.reopened() == 1);
        writer.newLines().append(exchange("/a"), TARGETS);
        await().until(() -> output.lines().size() == 1);
        writer.reopen();
        await().until(() -> output.reopened() == 2);
    }

    @Test
    void shouldAllocateNothingForALine() throws Exception {
        // Given a loop whose lines are written on this thread
        writer.start();
        LoopLines loop = writer(4, Duration.ofMillis(5)).newLines();
        append(loop, 20_000);

        // When
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        append(loop, 20_000);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;

        // Then only the dates of each second, and a link for each block
        assertThat(bytes).isLessThan(100_000);
        assertThat(counters.lost()).isZero();
    }

    private static void append(LoopLines loop, int lines) throws IOException {
        LineLayout text = new LineLayout(LineFormat.TEXT);
        LineLayout json = new LineLayout(LineFormat.JSON);
        AccessEntry plain = exchange("/bytes/1024");
        AccessEntry hostile = exchange("/\"\\\r\n\u00e9" + "a".repeat(2000));
        for (int i = 0; i < lines; i++) {
            loop.append((i & 2) == 0 ? plain : hostile, (i & 1) == 0 ? text : json);
            loop.writeBlock(NOWHERE);
        }
    }

    private static AccessEntry exchange(String target) {
        return new AccessEntry(
                CONNECTION, "HTTP/1.1", 0, "GET", target, "example.com", 200, 0, 9, 1000, "127.0.0.1:80", null, null);
    }
}
