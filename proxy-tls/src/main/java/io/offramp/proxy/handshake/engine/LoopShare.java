package io.offramp.proxy.handshake.engine;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The time that handshakes may take of each turn of their event loop: half a millisecond, or as much as all other work
 * took, whichever is more. One poll finds all waiting hellos, and each costs as much as a dozen requests. Without a
 * limit, a crowd of clients makes every other connection of the loop wait for the whole crowd; with a fixed one, a busy
 * loop would accept no one. Steps beyond the share are made in the next turns, first come, first served. Confined to
 * its event loop.
 */
final class LoopShare implements Runnable {
    static final long LEAST_NS = TimeUnit.MICROSECONDS.toNanos(500);

    private static final FastThreadLocal<LoopShare> LAST = new FastThreadLocal<>();

    private final EventExecutor loop;
    private final Ticker clock;
    private final Queue<Runnable> deferred = new ArrayDeque<>();
    private long shareNs = LEAST_NS;
    private long beganNs;
    private long usedNs;
    private boolean turning;

    LoopShare(EventExecutor loop) {
        this.loop = loop;
        this.clock = loop.ticker();
    }

    /** The share of the caller's event loop. */
    static LoopShare of(EventExecutor loop) {
        @Nullable LoopShare last = LAST.get();
        if (last == null || last.loop != loop) {
            last = new LoopShare(loop);
            LAST.set(last);
        }
        return last;
    }

    /** Whether a step may be made now; otherwise defer it. */
    boolean isLeft() {
        return deferred.isEmpty() && (!turning || usedNs < shareNs);
    }

    /** Makes a step now. */
    void make(Runnable step) {
        long nowNs = clock.nanoTime();
        awaitTurn(nowNs);
        try {
            step.run();
        } finally {
            usedNs += clock.nanoTime() - nowNs;
        }
    }

    /** Defers a step to one of the next turns; it must not throw. */
    void defer(Runnable step) {
        deferred.add(step);
        awaitTurn(clock.nanoTime());
    }

    private void awaitTurn(long nowNs) {
        if (!turning) {
            turning = true;
            beganNs = nowNs;
            usedNs = 0;
            shareNs = LEAST_NS;
            scheduleTurn();
        }
    }

    /**
     * A task that is due at once still runs after the next poll: all others have had their turn by then, and nothing
     * has blocked.
     */
    private void scheduleTurn() {
        loop.schedule(this, 0, TimeUnit.NANOSECONDS);
    }

    /** The next turn. */
    @Override
    public void run() {
        long nowNs = clock.nanoTime();
        shareNs = Math.max(LEAST_NS, nowNs - beganNs - usedNs);
        beganNs = nowNs;
        usedNs = 0;
        while (!deferred.isEmpty() && usedNs < shareNs) {
            make(deferred.remove());
        }
        turning = !deferred.isEmpty();
        if (turning) {
            scheduleTurn();
        }
    }
}
