package io.offramp.proxy.upstream.failure;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Lets one line into the log in ten seconds, and counts those that it holds back. Thread-safe, without a lock. */
public final class LogPace {
    /** Between two lines. */
    static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(10);

    private final AtomicLong nextNs = new AtomicLong(Long.MIN_VALUE);
    private final LongAdder held = new LongAdder();

    /** Writes a line. */
    @FunctionalInterface
    public interface Writer {
        /** @param more words on those held back since the last line, with a comma in front; empty for none */
        void write(String more);
    }

    /** Writes the line now, or counts it. */
    public void write(long nowNs, Writer line) {
        long next = nextNs.get();
        boolean due = next == Long.MIN_VALUE || nowNs - next >= 0;
        if (!due || !nextNs.compareAndSet(next, nowNs + PAUSE_NS)) {
            held.increment();
            return;
        }
        long more = held.sumThenReset();
        line.write(more == 0 ? "" : ", " + more + " more since the last such line");
    }
}
