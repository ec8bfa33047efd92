package io.offramp.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DynamicRecordSizeTest {
    private static final RecordSizeConfig CONFIG = new RecordSizeConfig(1000, 10_000, Duration.ofSeconds(1), 16_384);
    private static final int NONE = 16_384;

    private long nowNs = Long.MAX_VALUE - 5; // as System.nanoTime may

    @Test
    void shouldGrowOnceEnoughWasSent() {
        DynamicRecordSize size = size(CONFIG, NONE);

        assertThat(begin(size, 500, false)).isEqualTo(500);
        assertThat(begin(size, 9000, false)).isEqualTo(9000);
        assertThat(begin(size, 20_000, false)).as("500 more, in whole records").isEqualTo(1000);
        assertThat(begin(size, 20_000, false)).isZero();
        assertThat(begin(size, 1, false)).isZero();
    }

    @Test
    void shouldStartAgainAfterAPause() {
        DynamicRecordSize size = size(CONFIG, NONE);
        nowNs += 5_000_000_000L; // nothing was sent before it
        assertThat(begin(size, 50_000, false)).isEqualTo(10_000);
        assertThat(size.startRecords(10_000)).isEqualTo(9);

        nowNs += 999_999_999;
        assertThat(begin(size, 50_000, false)).as("no pause").isZero();
        nowNs += 1_000_000_000;
        assertThat(begin(size, 50_000, false)).as("a pause").isEqualTo(10_000);
        assertThat(size.startRecords(10_000)).isZero();
        assertThat(begin(size, 50_000, false)).isZero();
    }

    @Test
    void shouldBeFirstNoMoreBehindAPauseInWhichItHadNotGrown() {
        DynamicRecordSize size = size(CONFIG, NONE);
        begin(size, 500, false);
        assertThat(size.startRecords(10_000)).isEqualTo(9);

        nowNs += 1_000_000_000;
        begin(size, 500, false);

        assertThat(size.startRecords(10_000)).isZero();
    }

    @Test
    void shouldSayWhetherAllThatComesGoesIntoFullRecords() {
        DynamicRecordSize size = size(CONFIG, NONE);
        assertThat(size.isGrown(false)).isFalse();
        begin(size, 10_000, false);
        assertThat(size.isGrown(false)).isTrue();
        size.endBurst();

        nowNs += 1_000_000_000;
        assertThat(size.isGrown(false)).as("behind a pause").isFalse();
        assertThat(size(RecordSizeConfig.of(512), NONE).isGrown(false))
                .as("all alike")
                .isTrue();
    }

    @Test
    void shouldNotCallItAPauseThatTheClientDoesNotRead() {
        DynamicRecordSize size = size(CONFIG, NONE);
        begin(size, 50_000, false);

        nowNs += 5_000_000_000L;

        assertThat(begin(size, 50_000, true)).isZero();
        assertThat(begin(size, 50_000, false)).as("no pause since").isZero();
    }

    @ParameterizedTest(name = "initial {0} max {1} limit {2}")
    @CsvSource({
        "1000, 16384, 16384, 1000, 16384",
        "1000, 16384, 4000, 1000, 4000",
        "1000, 16384, 63, 63, 63",
        "512, 512, 16384, 512, 512"
    })
    void shouldStayWithinWhatTheClientTakes(int initial, int max, int limit, int expectedInitial, int expectedMax) {
        DynamicRecordSize size = size(new RecordSizeConfig(initial, 10_000, Duration.ofSeconds(1), max), limit);

        assertThat(size.initialBytes()).isEqualTo(expectedInitial);
        assertThat(size.maxBytes()).isEqualTo(expectedMax);
        assertThat(begin(size, 5000, false)).isEqualTo(initial < Math.min(max, limit) ? 5000 : 0);
    }

    /** Not even of the clock. */
    @Test
    void shouldAskNothingWhereAllRecordsAreAlike() {
        DynamicRecordSize size = new DynamicRecordSize(RecordSizeConfig.of(16_384), NONE, () -> {
            throw new AssertionError("asked");
        });

        assertThat(begin(size, 100_000, false)).isZero();
    }

    @Test
    void shouldAllocateNothingPerBurst() {
        DynamicRecordSize size = new DynamicRecordSize(CONFIG, NONE, System::nanoTime);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        int taken = 0;
        for (int i = 0; i < 1000; i++) {
            taken += begin(size, 16_384, false);
        }
        long before = threads.getThreadAllocatedBytes(thread);

        for (int i = 0; i < 100_000; i++) {
            taken += begin(size, 16_384, false);
        }

        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(10_000);
        assertThat(taken).isEqualTo(10_000);
    }

    /** What is written before a flush is one burst. */
    @Test
    void shouldLookAtTheClockOncePerBurst() {
        DynamicRecordSize size = size(CONFIG, NONE);
        begin(size, 50_000, false);
        assertThat(size.shortBytes(100, false)).isZero();

        nowNs += 5_000_000_000L;

        assertThat(size.shortBytes(100, false)).as("the same burst").isZero();
        size.endBurst();
        assertThat(size.shortBytes(100, false)).as("the next").isEqualTo(100);
    }

    private static int begin(DynamicRecordSize size, int bytes, boolean waiting) {
        size.endBurst();
        return size.shortBytes(bytes, waiting);
    }

    private DynamicRecordSize size(RecordSizeConfig config, int recordLimit) {
        return new DynamicRecordSize(config, recordLimit, () -> nowNs);
    }
}
