package io.offramp.proxy.compress;

import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * The share of an event loop's time that compression takes. Time is cut into windows; a window that has used up its
 * share ends new work until the next. Confined to the event loop.
 */
final class CpuShare {
    static final long WINDOW_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final IntSupplier percent;
    private long startNs;
    private long spentNs;

    /** @param percent most share of a window; asked each time */
    CpuShare(IntSupplier percent, long nowNs) {
        this.percent = percent;
        startNs = nowNs;
    }

    /** Counts time that was spent. */
    void onSpent(long ns, long nowNs) {
        roll(nowNs);
        spentNs += ns;
    }

    /** Whether nothing new should begin. What one window spends beyond its share, the next ones lack. */
    boolean isUsedUp(long nowNs) {
        roll(nowNs);
        return spentNs >= mostNs();
    }

    private long mostNs() {
        return WINDOW_NS * percent.getAsInt() / 100;
    }

    private void roll(long nowNs) {
        long windows = (nowNs - startNs) / WINDOW_NS;
        if (windows > 0) {
            startNs += windows * WINDOW_NS;
            spentNs = Math.max(0, spentNs - Math.min(windows, 1000) * mostNs());
        }
    }
}
