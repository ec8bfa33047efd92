package io.offramp.proxy.server;

import io.offramp.proxy.access.Slf4jAccessLog;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.exchange.ExchangeListener;
import io.offramp.proxy.http.HttpFront;
import io.offramp.proxy.http.HttpFrontSettings;
import io.offramp.proxy.metrics.ListenerMetrics;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.tcp.TcpFront;
import io.offramp.proxy.tcp.TcpFrontSettings;
import io.offramp.proxy.upstream.Upstreams;
import org.jspecify.annotations.Nullable;

/** Makes the fronts of listeners, which share their upstreams. */
final class Fronts implements AutoCloseable {
    private final ProxyConfig config;
    private final Upstreams upstreams;
    private final MemoryBudget budget;
    private final @Nullable ExchangeListener accessLog;

    /** Looks up the upstreams' names; blocks. */
    Fronts(ProxyConfig config, ProxyMetrics metrics, MemoryBudget budget) {
        this.config = config;
        this.budget = budget;
        this.upstreams = new Upstreams(config.upstreams(), config.timeouts(), config.limits(), metrics::upstream);
        this.accessLog = config.logging().access() ? new Slf4jAccessLog() : null;
    }

    /** What speaks with the clients of one listener. */
    Front of(ListenerConfig listener, ListenerMetrics metrics) {
        return switch (listener.mode()) {
            case HTTP -> {
                HttpFrontSettings settings = new HttpFrontSettings(
                        listener.routes(),
                        listener.http(),
                        upstreams,
                        config.timeouts(),
                        config.limits(),
                        accessLog,
                        metrics,
                        budget);
                yield pipeline -> HttpFront.install(pipeline, settings);
            }
            case TCP -> {
                TcpFrontSettings settings = new TcpFrontSettings(
                        listener.routes().getFirst(), upstreams, config.timeouts(), accessLog, budget);
                yield pipeline -> TcpFront.install(pipeline, settings);
            }
        };
    }

    /** Closes idle upstream connections. */
    @Override
    public void close() {
        upstreams.close();
    }
}
