package io.offramp.proxy.measure;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Durations of requests, in fixed buckets from a millisecond to half a minute. Recording is two additions; it neither
 * locks nor allocates. Thread-safe.
 */
public final class DurationHistogram {
    private static final long[] BOUNDS_NS = LongStream.of(
                    1, 2, 5, 10, 20, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000)
            .map(TimeUnit.MILLISECONDS::toNanos)
            .toArray();

    private final LongAdder[] counts = IntStream.rangeClosed(0, BOUNDS_NS.length)
            .mapToObj(_ -> new LongAdder())
            .toArray(LongAdder[]::new);
    private final LongAdder sumNs = new LongAdder();

    /** Counts one. */
    public void record(long durationNs) {
        int bucket = 0; // most are short
        while (bucket < BOUNDS_NS.length && durationNs > BOUNDS_NS[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        sumNs.add(durationNs);
    }

    /** The number of buckets; the last has no upper bound. */
    public static int buckets() {
        return BOUNDS_NS.length + 1;
    }

    /** The greatest duration of a bucket, in seconds; infinity for the last. */
    public static double boundSeconds(int bucket) {
        return bucket == BOUNDS_NS.length ? Double.POSITIVE_INFINITY : seconds(BOUNDS_NS[bucket]);
    }

    /** Durations in one bucket, not in those below. */
    public long count(int bucket) {
        return counts[bucket].sum();
    }

    /** Of all durations. */
    public double sumSeconds() {
        return seconds(sumNs.sum());
    }

    private static double seconds(long ns) {
        return (double) ns / TimeUnit.SECONDS.toNanos(1);
    }
}
