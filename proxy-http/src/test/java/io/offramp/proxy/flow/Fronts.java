package io.offramp.proxy.flow;

import io.netty.channel.ChannelPipeline;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.flow.Handlers.Front;
import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.http1.HttpFront;
import io.offramp.proxy.http2.client.Http2Front;
import io.offramp.proxy.http2.server.Http2Protocol;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.route.Router;
import io.offramp.proxy.tcp.TcpFront;
import io.offramp.proxy.tcp.TcpFrontSettings;
import io.offramp.proxy.tcp.TcpSettings;
import io.offramp.proxy.upstream.pool.ByAlpn;
import io.offramp.proxy.upstream.pool.Protocols;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What clients find at a listener.
 *
 * @param routes of requests of the HTTP front; may change
 * @param logged receives the targets of exchanges that are over
 * @param entries receives those of the HTTP front
 */
record Fronts(
        Upstreams upstreams,
        Supplier<Router> routes,
        MemoryBudget budget,
        List<String> logged,
        List<AccessEntry> entries) {
    /** What servers speak. */
    static Protocols protocols(HttpSettings http) {
        return spoken -> switch (spoken) {
            case HTTP1 -> new Http1Protocol(http.heads());
            case H2C, H2 -> new Http2Protocol(http.heads());
            case AUTO -> new ByAlpn(new Http2Protocol(http.heads()), new Http1Protocol(http.heads()));
        };
    }

    Consumer<ChannelPipeline> http(HttpSettings http, Front kind) {
        HttpFrontSettings settings = HttpFrontSettings.builder(routes, upstreams)
                .http(http)
                .accessLog(exchange -> {
                    logged.add(exchange.target());
                    entries.add(exchange);
                })
                .budget(budget)
                .build();
        return pipeline -> {
            if (kind == Front.HTTP2) {
                Http2Front.install(pipeline, settings);
            } else {
                HttpFront.install(pipeline, settings);
            }
        };
    }

    Consumer<ChannelPipeline> tcp() {
        TcpFrontSettings settings = new TcpFrontSettings(
                new RouteConfig(null, "/", "app"),
                upstreams,
                new TcpSettings(ModelSettings.HTTP.tunnelTimeout(), ModelSettings.HTTP.bodyTimeout()),
                exchange -> logged.add(exchange.target()),
                budget);
        return pipeline -> TcpFront.install(pipeline, settings);
    }
}
