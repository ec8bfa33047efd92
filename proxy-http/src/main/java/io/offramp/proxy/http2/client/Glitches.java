package io.offramp.proxy.http2.client;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;

/**
 * One budget for all odd but legal events of a connection, in the manner of HAProxy. It refills with time, and with
 * useful work: who moves much data sends many updates of windows. Confined to the event loop.
 */
final class Glitches {
    /** Time in which an empty budget is full again, without any work. */
    private static final long REFILL_NS = TimeUnit.SECONDS.toNanos(30);

    /** What useful work may add to the budget, as a multiple of it. */
    private static final int MOST_EARNED = 4;

    private final int budget;
    private Ticker ticker = Ticker.systemTicker();
    private long left;
    private long refilledNs;

    /** @param budget cost of all events that a silent connection may cause at once; 0 for no limit */
    Glitches(int budget) {
        this.budget = budget;
        left = budget;
    }

    /** The connection begins, with the time of its event loop. */
    void begin(Ticker time) {
        ticker = time;
        refilledNs = time.nanoTime();
    }

    /** Counts an event; false if the budget does not suffice. */
    boolean spend(Glitch glitch) {
        if (budget == 0) {
            return true;
        }
        left -= glitch.cost();
        if (left < 0) {
            refill();
        }
        return left >= 0;
    }

    /** Useful work was done: a request, an answer, a frame of body. */
    void earn(int cost) {
        left = Math.min(left + cost, (long) MOST_EARNED * budget);
    }

    private void refill() {
        long nowNs = ticker.nanoTime();
        long gained = (nowNs - refilledNs) / (REFILL_NS / budget);
        refilledNs += gained * (REFILL_NS / budget);
        left = Math.min(left + gained, budget);
    }
}
