package io.offramp.proxy.accept;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Lets one line of a kind into the log every ten seconds, and counts those between. Thread-safe, without a lock. */
final class SeldomLine {
    /** Result of {@link #pass}: no line now. */
    static final int HELD = -1;

    private static final long EVERY_NS = TimeUnit.SECONDS.toNanos(10);

    private final Ticker clock;
    private final AtomicLong nextNs;
    private final AtomicInteger held = new AtomicInteger();

    SeldomLine(Ticker clock) {
        this.clock = clock;
        nextNs = new AtomicLong(clock.nanoTime());
    }

    /** The number of lines that were held back since the last one; {@link #HELD} if this one is, too. */
    int pass() {
        long now = clock.nanoTime();
        long next = nextNs.get();
        if (now - next >= 0 && nextNs.compareAndSet(next, now + EVERY_NS)) {
            return held.getAndSet(0);
        }
        held.updateAndGet(lines -> lines == Integer.MAX_VALUE ? lines : lines + 1);
        return HELD;
    }
}
