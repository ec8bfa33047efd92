package io.offramp.proxy.session;

import java.util.function.LongSupplier;

/**
 * How often a client replaces its key: each time costs us a key schedule, and an answer if requested. Confined to the
 * event loop.
 */
final class KeyUpdateRate {
    private static final long ONE_SECOND_NS = 1_000_000_000L;

    private final int perSecond;
    private final LongSupplier nanoTime;
    private long secondBeganNs;
    private int inThisSecond;

    /** @param nanoTime {@link System#nanoTime} */
    KeyUpdateRate(int perSecond, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
    }

    /** Counts another one; true if that is too many. */
    boolean exceeds() {
        long now = nanoTime.getAsLong();
        if (inThisSecond == 0 || now - secondBeganNs >= ONE_SECOND_NS) {
            secondBeganNs = now;
            inThisSecond = 0;
        }
        return ++inThisSecond > perSecond;
    }
}
