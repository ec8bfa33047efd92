package io.offramp.proxy.server;

import io.netty.channel.ChannelPipeline;
import io.offramp.proxy.access.AccessLog;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.generation.Front;
import io.offramp.proxy.handshake.certificate.Identities;
import io.offramp.proxy.http1.HttpFront;
import io.offramp.proxy.http2.client.Http2Front;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.route.PathCondition;
import io.offramp.proxy.route.RouteConditions;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.route.Router;
import io.offramp.proxy.tcp.TcpFront;
import io.offramp.proxy.tcp.TcpFrontSettings;
import io.offramp.proxy.tls.Negotiated;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the fronts of one generation's listeners, which share its upstreams. */
record Fronts(Upstreams upstreams, ProxyMetrics metrics, MemoryBudget budget, AccessLog accessLog) {
    /**
     * The front of one listener.
     *
     * @param identities its certificates; null without TLS
     * @param routes of the generation that is current at each call
     */
    Front of(ListenerConfig listener, @Nullable Identities identities, Supplier<Router> routes) {
        return switch (listener.mode()) {
            case HTTP -> {
                HttpFrontSettings settings = HttpFrontSettings.builder(routes, upstreams)
                        .http(listener.http())
                        .accessLog(accessLog)
                        .events(metrics.listener(listener.name()))
                        .budget(budget)
                        .sharedNames((one, other) ->
                                identities == null || identities.table().areShared(one, other))
                        .build();
                yield pipeline -> installHttp(pipeline, settings);
            }
            case TCP -> {
                TcpFrontSettings settings = new TcpFrontSettings(
                        listener.routes().getFirst(), upstreams, listener.tcp(), accessLog, budget);
                yield pipeline -> TcpFront.install(pipeline, settings);
            }
        };
    }

    /** For clients that speak plain HTTP to a port of TLS: sends them to https; null to refuse them. */
    @Nullable
    Front plain(ListenerConfig listener) {
        if (listener.mode() != ListenerConfig.Mode.HTTP
                || listener.unrouted().request().isEmpty()) {
            return null;
        }
        RouteConditions any = RouteConditions.of(null, PathCondition.any());
        RouteConfig all = new RouteConfig("https-redirect", any, List.of(), ExchangeBounds.NONE, listener.unrouted());
        HttpFrontSettings settings = settings(listener, List.of(all));
        return pipeline -> HttpFront.install(pipeline, settings);
    }

    private HttpFrontSettings settings(ListenerConfig listener, List<RouteConfig> routes) {
        return HttpFrontSettings.builder(routes, upstreams)
                .http(listener.http())
                .accessLog(accessLog)
                .events(metrics.listener(listener.name()))
                .budget(budget)
                .build();
    }

    /** The version that the handshake has chosen. */
    private static void installHttp(ChannelPipeline pipeline, HttpFrontSettings settings) {
        Negotiated tls = pipeline.channel().attr(Connection.KEY).get().tls();
        if (tls != null && "h2".equals(tls.protocol())) {
            Http2Front.install(pipeline, settings);
        } else {
            HttpFront.install(pipeline, settings);
        }
    }
}
