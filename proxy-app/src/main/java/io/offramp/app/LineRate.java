package io.offramp.app;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Limits a repeated log line to once a minute. Thread-safe. */
final class LineRate {
    private static final long INTERVAL_NS = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier clockNs;
    private final AtomicLong nextNs;

    /** @param clockNs as {@link System#nanoTime()} */
    LineRate(LongSupplier clockNs) {
        this.clockNs = clockNs;
        this.nextNs = new AtomicLong(clockNs.getAsLong());
    }

    /** True for one caller a minute. */
    boolean isDue() {
        long now = clockNs.getAsLong();
        long next = nextNs.get();
        return now - next >= 0 && nextNs.compareAndSet(next, now + INTERVAL_NS);
    }
}
