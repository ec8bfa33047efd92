package io.offramp.proxy.http2.server;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;

/**
 * Requests that we took back on one connection lately. Many servers end a connection with too many of them, and all its
 * streams (CVE-2023-44487); those of one client must not end the requests of others. Confined to the event loop.
 */
final class SentResets {
    /** Of these in {@link #WINDOW_NS}; servers allow twice as many, and more. */
    static final int MOST = 100;

    private static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(30);

    private final Ticker ticker;
    private int resets;
    private long sinceNs;

    SentResets(Ticker ticker) {
        this.ticker = ticker;
        sinceNs = ticker.nanoTime();
    }

    /** Counts one. */
    void add() {
        if (isPast()) {
            sinceNs = ticker.nanoTime();
            resets = 0;
        }
        resets++;
    }

    private boolean isPast() {
        return ticker.nanoTime() - sinceNs >= WINDOW_NS;
    }

    /** True if another connection should take its place: half of them are used up. */
    boolean areMany() {
        return resets >= MOST / 2 && !isPast();
    }

    /** True if it has to take no more requests. */
    boolean areTooMany() {
        return resets >= MOST && !isPast();
    }
}
