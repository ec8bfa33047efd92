package io.offramp.proxy.upstream.balance;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the further attempts of an upstream's requests to a share of its requests in the last ten to twenty seconds,
 * so that servers in trouble do not get several times their load. Requests themselves cost nothing: they are counted
 * anyway. Thread-safe, without a lock.
 */
public final class RetryBudget {
    static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(10);
    /** In a window, whatever the number of requests. */
    static final int ALWAYS = 30;

    private final int percent;
    private final AtomicReference<Window> window;

    /**
     * @param requests at the start
     * @param before in the window before
     * @param used further attempts so far
     */
    private record Window(long startNs, long requests, long before, long used) {}

    /** @param percent of the requests; 0 for no further attempt at all */
    public RetryBudget(int percent) {
        this(percent, null);
    }

    /**
     * The same.
     *
     * @param before that of another configuration, which goes on; null for none
     */
    public RetryBudget(int percent, @Nullable RetryBudget before) {
        this.percent = percent;
        window = before == null ? new AtomicReference<>() : before.window;
    }

    /**
     * Takes one further attempt; false if there is none left.
     *
     * @param requests of the upstream since its start; fewer than before if it has lost a server
     */
    public boolean take(long requests, long nowNs) {
        while (percent > 0) {
            Window known = window.get();
            Window now = known == null ? new Window(nowNs, requests, 0, 0) : current(known, requests, nowNs);
            long allowed = ALWAYS + (now.before + Math.max(0, requests - now.requests)) * percent / 100;
            if (now.used >= allowed) {
                return false;
            }
            if (window.compareAndSet(known, new Window(now.startNs, now.requests, now.before, now.used + 1))) {
                return true;
            }
        }
        return false;
    }

    private static Window current(Window known, long requests, long nowNs) {
        long age = nowNs - known.startNs;
        if (age < WINDOW_NS) {
            return known;
        }
        long before = age < 2 * WINDOW_NS ? Math.max(0, requests - known.requests) : 0;
        return new Window(nowNs, requests, before, 0);
    }
}
