package io.offramp.proxy.server;

import io.netty.channel.EventLoopGroup;
import io.offramp.offload.ConnectionOffload;
import io.offramp.offload.record.RecordFormat;
import io.offramp.proxy.access.AccessLog;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.budget.Sizing;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.config.UpstreamTlsConfig;
import io.offramp.proxy.exchange.Router;
import io.offramp.proxy.generation.CurrentListener;
import io.offramp.proxy.generation.Front;
import io.offramp.proxy.generation.Generation;
import io.offramp.proxy.generation.Generations;
import io.offramp.proxy.generation.ListenerGeneration;
import io.offramp.proxy.handshake.engine.HandshakeSettings;
import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.http2.server.Http2Protocol;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.reload.Reloadable;
import io.offramp.proxy.session.RecordSizeConfig;
import io.offramp.proxy.session.SessionSettings;
import io.offramp.proxy.tls.Role;
import io.offramp.proxy.upstream.TransportSecurity;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamProtocol;
import io.offramp.proxy.upstream.pool.ByAlpn;
import io.offramp.proxy.upstream.pool.Protocol;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes generations from checked configurations. They share what lives as long as the process.
 *
 * @param generations where the current routes are found
 * @param loops of the host
 * @param ids gives each connection with TLS a number of its own
 */
record GenerationMaker(
        Generations generations,
        Backends backends,
        Handshakes handshakes,
        ProxyMetrics metrics,
        Sizing sizing,
        MemoryBudget budget,
        AccessLog accessLog,
        EventLoopGroup loops,
        LongSupplier ids) {
    /**
     * Makes a generation, which serves nothing yet. Reads certificates and resolves names: blocks. The metrics already
     * show its certificates, also where a later listener fails.
     *
     * @param before gives its event loops' pools and its settings of upstreams; null for the first
     * @throws StartException if a file cannot be read, or a backend is missing
     */
    Generation make(ProxyConfig config, @Nullable Generation before) throws StartException {
        List<Reloadable> files = new ArrayList<>();
        Map<String, TransportSecurity> security = security(config, files);
        Upstreams upstreams = before == null
                ? new Upstreams(
                        config.upstreams(),
                        spoken -> protocol(spoken, config.heads()),
                        config.servers(),
                        metrics::upstream,
                        security::get)
                : before.upstreams().next(config.upstreams(), metrics::upstream, security::get);
        Fronts fronts = new Fronts(upstreams, metrics, budget, accessLog);
        List<ListenerGeneration> listeners = new ArrayList<>();
        for (ListenerConfig listener : config.listeners()) {
            listeners.add(make(config, listener, upstreams, fronts, files));
        }
        return new Generation(listeners, upstreams, sizing.resolve(config.clients()), files);
    }

    private static Protocol protocol(UpstreamProtocol spoken, HeadLimits heads) {
        return switch (spoken) {
            case HTTP1 -> new Http1Protocol(heads);
            case H2C -> new Http2Protocol(heads);
            case H2 -> new ByAlpn(new Http2Protocol(heads), null);
            case AUTO -> new ByAlpn(new Http2Protocol(heads), new Http1Protocol(heads));
        };
    }

    private Map<String, TransportSecurity> security(ProxyConfig config, List<Reloadable> files) throws StartException {
        Map<String, TransportSecurity> all = new HashMap<>();
        for (Map.Entry<String, UpstreamTlsConfig> each : config.upstreamTls().entrySet()) {
            String upstream = each.getKey();
            UpstreamTlsConfig tls = each.getValue();
            SessionSettings sessions = SessionSettings.of(
                    Role.CLIENT,
                    backends.plan(tls.offload()),
                    metrics.upstreamSessions(),
                    RecordSizeConfig.of(RecordFormat.MAX_PLAINTEXT_BYTES));
            all.put(
                    upstream,
                    new UpstreamTls(
                            upstream,
                            tls,
                            handshakes.settings(upstream, tls, connectTimeout(config, upstream), files),
                            sessions,
                            metrics.upstreamTls(upstream, tls.verify() == UpstreamTlsConfig.Verify.FULL),
                            ids));
        }
        return all;
    }

    /** The same for the handshake as for the connect in front of it. */
    private static Duration connectTimeout(ProxyConfig config, String upstream) {
        UpstreamConfig written = config.upstreams().get(upstream);
        Duration own = written == null ? null : written.limits().connectTimeout();
        return own == null ? config.servers().connectTimeout() : own;
    }

    private ListenerGeneration make(
            ProxyConfig config, ListenerConfig listener, Upstreams upstreams, Fronts fronts, List<Reloadable> files)
            throws StartException {
        ConnectionOffload device = backends.connections(listener);
        CurrentListener current = current(config.listeners(), listener);
        HandshakeSettings handshake = handshakes.settings(config, listener, device, backends.watch(listener), files);
        Front front =
                fronts.of(listener, handshake.identities(), () -> current.get().routes());
        return new ListenerGeneration(
                listener.name(),
                handshake,
                SessionSettings.of(
                        backends.plan(listener.offload()),
                        metrics.tls(),
                        listener.tls().recordSize()),
                listener.http().trustedProxies(),
                listener.proxies(),
                device == null ? front : new PlaintextFront(device, loops, front),
                new Router(listener.routes(), upstreams::group));
    }

    /** Finds a listener in the generation that is current at each call. */
    CurrentListener current(List<ListenerConfig> all, ListenerConfig listener) {
        int nth = 0;
        for (ListenerConfig each : all) {
            if (each == listener) {
                break;
            }
            nth += each.name().equals(listener.name()) ? 1 : 0;
        }
        return new CurrentListener(generations, listener.name(), nth);
    }
}
