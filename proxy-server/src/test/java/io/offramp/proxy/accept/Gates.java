package io.offramp.proxy.accept;

import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.guard.ConnectionLimits;
import io.offramp.proxy.metrics.ListenerMetrics;
import io.offramp.proxy.rate.RateEvents;
import io.offramp.proxy.rate.RateLimiter;
import java.util.List;

/** Gates for tests. */
public final class Gates {
    private Gates() {}

    /** Lets everybody in. */
    public static ConnectionGate open(ListenerMetrics metrics) {
        return of(ConnectionLimits.NONE, new OpenConnections(), metrics, Ticker.systemTicker());
    }

    /** With these limits. */
    public static ConnectionGate of(
            ConnectionLimits limits, OpenConnections open, ListenerMetrics metrics, Ticker clock) {
        RateLimiter rate = limits.rate() == null ? null : new RateLimiter(limits.rate(), clock, RateEvents.NONE);
        return new ConnectionGate("web", limits, List.of(), open, rate, metrics, clock);
    }
}
