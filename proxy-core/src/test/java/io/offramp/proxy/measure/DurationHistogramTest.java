package io.offramp.proxy.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DurationHistogramTest {
    private final DurationHistogram histogram = new DurationHistogram();

    @Test
    void shouldCountADurationInTheFirstBucketThatTakesIt() {
        histogram.record(0);
        histogram.record(TimeUnit.MILLISECONDS.toNanos(1));
        histogram.record(TimeUnit.MILLISECONDS.toNanos(1) + 1);
        histogram.record(TimeUnit.SECONDS.toNanos(30));
        histogram.record(TimeUnit.MINUTES.toNanos(1));

        int last = DurationHistogram.buckets() - 1;
        assertThat(histogram.count(0)).isEqualTo(2);
        assertThat(histogram.count(1)).isEqualTo(1);
        assertThat(histogram.count(last - 1)).isEqualTo(1);
        assertThat(histogram.count(last)).isEqualTo(1);
        assertThat(histogram.sumSeconds()).isEqualTo(90.002000001);
    }

    @Test
    void shouldHaveRisingBoundsUpToInfinity() {
        double[] bounds = IntStream.range(0, DurationHistogram.buckets())
                .mapToDouble(DurationHistogram::boundSeconds)
                .toArray();

        assertThat(bounds).isSorted().startsWith(0.001).endsWith(30, Double.POSITIVE_INFINITY);
    }

    @Test
    void shouldAllocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        histogram.record(1);

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            histogram.record(i * 1_000L);
        }

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }
}
