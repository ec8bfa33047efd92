package io.offramp.proxy.tcp;

import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.exchange.ExchangeListener;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.upstream.ExchangeBounds;
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
     * @param settings how long a connection may wait
     * @param accessLog gets an entry at every connection's end; null for none
     * @param budget says when a silent connection has to go
     * @throws IllegalArgumentException if the route names an upstream that is not there
     */
    public TcpFrontSettings(
            RouteConfig route,
            Upstreams upstreams,
            TcpSettings settings,
            @Nullable ExchangeListener accessLog,
            MemoryBudget budget) {
        String upstream = route.upstream();
        UpstreamGroup named = upstream == null ? null : upstreams.group(upstream);
        if (named == null) {
            throw new IllegalArgumentException("no upstream '" + upstream + "'");
        }
        group = named;
        this.upstreams = upstreams;
        this.accessLog = accessLog;
        this.budget = budget;
        tunnelNs = ExchangeBounds.or(
                group.config().limits().bounds().tunnelNs(), settings.idle().toNanos());
        takeNs = settings.write().toNanos();
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
