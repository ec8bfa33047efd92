package io.offramp.proxy.tcp;

import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.channel.TimeoutConfig;
import io.offramp.proxy.exchange.ExchangeListener;
import io.offramp.proxy.exchange.RouteConfig;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.pool.Upstreams;
import org.jspecify.annotations.Nullable;

/** Settings of the TCP fronts of one listener. Immutable, thread-safe. */
public final class TcpFrontSettings {
    private final Upstreams upstreams;
    private final UpstreamGroup group;
    private final long tunnelNs;
    private final long takeNs;
    private final @Nullable ExchangeListener accessLog;
    private final MemoryBudget budget;

    /**
     * @param route the listener's only one
     * @param accessLog gets the end of every connection; null for none
     * @param budget decides when a silent connection has to close
     * @throws IllegalArgumentException if the route names an upstream that is not there
     */
    public TcpFrontSettings(
            RouteConfig route,
            Upstreams upstreams,
            TimeoutConfig timeouts,
            @Nullable ExchangeListener accessLog,
            MemoryBudget budget) {
        UpstreamGroup named = upstreams.group(route.upstream());
        if (named == null) {
            throw new IllegalArgumentException("no upstream '" + route.upstream() + "'");
        }
        group = named;
        this.upstreams = upstreams;
        this.accessLog = accessLog;
        this.budget = budget;
        tunnelNs = timeouts.tunnel().toNanos();
        takeNs = timeouts.body().toNanos();
    }

    Upstreams upstreams() {
        return upstreams;
    }

    UpstreamGroup group() {
        return group;
    }

    @Nullable
    ExchangeListener accessLog() {
        return accessLog;
    }

    long tunnelNs() {
        return tunnelNs;
    }

    long takeNs() {
        return takeNs;
    }

    MemoryBudget budget() {
        return budget;
    }
}
