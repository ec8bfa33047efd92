package io.offramp.proxy.channel;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The current deadline of a connection. Moving it is a field write: a single task wakes every {@code periodNs} at most,
 * checks, and sleeps again, so no request schedules or cancels a task. A distant check is moved to a whole second, so
 * idle connections wake their event loop together. Confined to the event loop.
 */
public final class Deadline implements Runnable {
    private static final long GRID_NS = TimeUnit.SECONDS.toNanos(1);

    private final EventExecutor executor;
    private final Ticker ticker;
    private final long periodNs;
    private final Runnable onPassed;
    private @Nullable Future<?> task;
    private long deadlineNs;
    private long wakeNs;
    private boolean set;

    /**
     * @param periodNs longest sleep: the shortest time that the deadline is usually away
     * @param onPassed runs once each time the deadline passes
     */
    public Deadline(EventExecutor executor, long periodNs, Runnable onPassed) {
        this.executor = executor;
        this.ticker = executor.ticker();
        this.periodNs = periodNs;
        this.onPassed = onPassed;
    }

    /** Moves the deadline. */
    public void in(long delayNs) {
        long nowNs = ticker.nanoTime();
        deadlineNs = nowNs + delayNs;
        set = true;
        if (task != null && wakeNs - deadlineNs > 0) {
            task.cancel(false);
            task = null;
        }
        if (task == null) {
            sleep(nowNs, Math.min(delayNs, periodNs));
        }
    }

    /** Time left; negative if the deadline has passed. */
    public long leftNs() {
        return deadlineNs - ticker.nanoTime();
    }

    /** Clears the deadline; the task ends at its next wake-up. */
    public void clear() {
        set = false;
    }

    /** The connection is gone. */
    public void cancel() {
        set = false;
        if (task != null) {
            task.cancel(false);
            task = null;
        }
    }

    @Override
    public void run() {
        task = null;
        if (!set) {
            return;
        }
        long nowNs = ticker.nanoTime();
        long leftNs = deadlineNs - nowNs;
        if (leftNs > 0) {
            sleep(nowNs, Math.min(leftNs, periodNs));
        } else {
            set = false;
            onPassed.run();
        }
    }

    private void sleep(long nowNs, long delayNs) {
        wakeNs = nowNs + delayNs;
        if (delayNs > 2 * GRID_NS) {
            wakeNs -= Math.floorMod(wakeNs, GRID_NS);
        }
        task = executor.schedule(this, wakeNs - nowNs, TimeUnit.NANOSECONDS);
    }
}
