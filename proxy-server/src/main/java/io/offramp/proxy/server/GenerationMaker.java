package io.offramp.proxy.server;

import io.netty.channel.EventLoopGroup;
import io.offramp.offload.ConnectionOffload;
import io.offramp.offload.record.RecordFormat;
import io.offramp.proxy.access.AccessLog;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.budget.Sizing;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.config.TlsConfig;
import io.offramp.proxy.config.UpstreamTlsConfig;
import io.offramp.proxy.generation.CurrentListener;
import io.offramp.proxy.generation.Front;
import io.offramp.proxy.generation.Generation;
import io.offramp.proxy.generation.Generations;
import io.offramp.proxy.generation.ListenerGeneration;
import io.offramp.proxy.generation.ListenerKey;
import io.offramp.proxy.generation.Terms;
import io.offramp.proxy.handshake.certificate.Identities;
import io.offramp.proxy.handshake.engine.HandshakeSettings;
import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.http2.server.Http2Protocol;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.reload.Reloadable;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.route.RouteEvents;
import io.offramp.proxy.route.Router;
import io.offramp.proxy.server.Made.Secured;
import io.offramp.proxy.session.RecordSizeConfig;
import io.offramp.proxy.session.SessionSettings;
import io.offramp.proxy.tls.Role;
import io.offramp.proxy.upstream.TransportSecurity;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamProtocol;
import io.offramp.proxy.upstream.pool.ByAlpn;
import io.offramp.proxy.upstream.pool.Protocol;
import io.offramp.proxy.upstream.pool.Protocols;
import io.offramp.proxy.upstream.pool.Upstreams;
import io.offramp.proxy.upstream.resolve.Services;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes generations from checked configurations. They share what lives as long as the process.
 *
 * @param generations where the current routes are found
 * @param rules makes those that remember something
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
        RuleParts rules,
        EventLoopGroup loops,
        Services services,
        LongSupplier ids) {
    /** What upstreams speak; equal if their answers have the same bounds. */
    private record Spoken(HeadLimits heads) implements Protocols {
        @Override
        public Protocol of(UpstreamProtocol spoken) {
            return protocol(spoken, heads);
        }
    }

    /**
     * Makes a generation, which serves nothing yet. Reads certificates and resolves names: blocks. Touches nothing that
     * the generation in use has.
     *
     * @param before gives its event loops' pools, and all parts whose settings are the same; null for the first
     * @throws StartException if a file cannot be read, or a backend is missing
     */
    Made make(ProxyConfig config, @Nullable Made before) throws StartException {
        Map<String, Secured> secured = secured(config, before == null ? Map.of() : before.secured());
        Spoken spoken = new Spoken(config.heads());
        Upstreams.Securities securities = name -> {
            Secured tls = secured.get(name);
            return tls == null ? null : tls.security();
        };
        Map<String, UpstreamConfig> servers = services.expand(config.upstreams());
        Upstreams upstreams = before == null
                ? new Upstreams(servers, spoken, config.servers(), metrics::upstream, securities)
                : before.generation()
                        .upstreams()
                        .next(servers, spoken, config.servers(), metrics::upstream, securities);
        Fronts fronts = new Fronts(upstreams, metrics, budget, accessLog);
        Map<ListenerKey, CurrentListener> current = new HashMap<>();
        Map<ListenerKey, CurrentListener> routed = new HashMap<>();
        Map<ListenerKey, HandshakeParts> handshakes = new LinkedHashMap<>();
        List<ListenerGeneration> listeners = new ArrayList<>();
        for (Map.Entry<ListenerKey, ListenerConfig> each : keys(config).entrySet()) {
            ListenerKey key = each.getKey();
            ListenerConfig listener = each.getValue();
            HandshakeParts parts = parts(config, key, listener, before);
            if (parts != null) {
                handshakes.put(key, parts);
            }
            HandshakeSettings handshake = parts == null ? null : parts.settings();
            CurrentListener known = before == null ? null : before.current().get(key);
            current.put(key, known == null ? new CurrentListener(generations, key) : known);
            Terms terms = Terms.of(listener);
            CurrentListener finder = before == null
                    ? new CurrentListener(generations, key, terms)
                    : before.routed(generations, key, terms);
            routed.put(key, finder);
            Identities identities = handshake == null ? null : handshake.identities();
            Front front = fronts.of(listener, identities, () -> finder.get().routes());
            listeners.add(make(key, listener, fronts, front, handshake));
        }
        List<Reloadable> files = Stream.concat(
                        handshakes.values().stream().flatMap(HandshakeParts::files),
                        secured.values().stream().flatMap(tls -> tls.files().stream()))
                .toList();
        Generation generation = new Generation(listeners, upstreams, sizing.resolve(config.clients()), files);
        return new Made(config, generation, current, routed, handshakes, secured);
    }

    /** Forgets what no part of the current generation needs: of another one, or of one that was refused. */
    void keep(Made current) {
        current.keepMeters(metrics);
        rules.keep(current.config());
    }

    /** Of TLS; null for a listener without. */
    private @Nullable HandshakeParts parts(
            ProxyConfig config, ListenerKey key, ListenerConfig listener, @Nullable Made before) throws StartException {
        TlsConfig tls = listener.tls();
        return tls == null
                ? null
                : handshakes.settings(
                        config,
                        listener,
                        tls,
                        backends.connections(listener),
                        backends.watch(listener),
                        before == null ? null : before.handshakes().get(key));
    }

    /** The listeners by their sockets, in the order of the configuration. */
    static SequencedMap<ListenerKey, ListenerConfig> keys(ProxyConfig config) {
        SequencedMap<ListenerKey, ListenerConfig> keys = new LinkedHashMap<>();
        for (ListenerConfig listener : config.listeners()) {
            int nth = 0;
            while (keys.putIfAbsent(new ListenerKey(listener.bind(), nth), listener) != null) {
                nth++;
            }
        }
        return keys;
    }

    private static Protocol protocol(UpstreamProtocol spoken, HeadLimits heads) {
        return switch (spoken) {
            case HTTP1 -> new Http1Protocol(heads);
            case H2C -> new Http2Protocol(heads);
            case H2 -> new ByAlpn(new Http2Protocol(heads), null);
            case AUTO -> new ByAlpn(new Http2Protocol(heads), new Http1Protocol(heads));
        };
    }

    private Map<String, Secured> secured(ProxyConfig config, Map<String, Secured> before) throws StartException {
        Map<String, Secured> all = new HashMap<>();
        for (Map.Entry<String, UpstreamTlsConfig> each : config.upstreamTls().entrySet()) {
            String upstream = each.getKey();
            Duration timeout = connectTimeout(config, upstream);
            Secured known = before.get(upstream);
            boolean stays = known != null && known.from().equals(each.getValue()) && timeout.equals(known.timeout());
            all.put(upstream, stays ? known : secured(upstream, each.getValue(), timeout));
        }
        return all;
    }

    /** The same for the handshake as for the connect in front of it. */
    private static Duration connectTimeout(ProxyConfig config, String upstream) {
        UpstreamConfig written = config.upstreams().get(upstream);
        Duration own = written == null ? null : written.limits().connectTimeout();
        return own == null ? config.servers().connectTimeout() : own;
    }

    private Secured secured(String upstream, UpstreamTlsConfig tls, Duration timeout) throws StartException {
        List<Reloadable> files = new ArrayList<>();
        SessionSettings sessions = SessionSettings.of(
                Role.CLIENT,
                backends.plan(tls.offload()),
                metrics.upstreamSessions(),
                RecordSizeConfig.of(RecordFormat.MAX_PLAINTEXT_BYTES));
        TransportSecurity security = new UpstreamTls(
                upstream,
                tls,
                handshakes.settings(upstream, tls, timeout, files),
                sessions,
                metrics.upstreamTls(upstream),
                ids);
        return new Secured(tls, timeout, security, files);
    }

    private ListenerGeneration make(
            ListenerKey key, ListenerConfig listener, Fronts fronts, Front front, @Nullable HandshakeSettings handshake)
            throws StartException {
        TlsConfig tls = listener.tls();
        ConnectionOffload device = backends.connections(listener);
        return new ListenerGeneration(
                key,
                listener.name(),
                Terms.of(listener),
                metrics.listener(listener.name()),
                backends.watch(listener),
                handshake,
                tls == null
                        ? null
                        : SessionSettings.of(backends.plan(listener.offload()), metrics.tls(), tls.recordSize()),
                rules.gate(listener, metrics.listener(listener.name())),
                listener.http().trustedProxies(),
                listener.proxies(),
                device == null ? front : new PlaintextFront(device, loops, front),
                handshake == null ? null : plain(listener, fronts, device),
                new Router(
                        listener.routes(),
                        fronts.upstreams()::group,
                        route -> rules.of(listener.name(), route, fronts.upstreams()::group),
                        route -> events(listener, route),
                        listener.unrouted()));
    }

    private @Nullable Front plain(ListenerConfig listener, Fronts fronts, @Nullable ConnectionOffload device) {
        Front plain = fronts.plain(listener);
        return plain == null || device == null ? plain : new PlaintextFront(device, loops, plain);
    }

    /** A tcp listener has a route, but no requests. */
    private RouteEvents events(ListenerConfig listener, RouteConfig route) {
        return listener.mode() == ListenerConfig.Mode.TCP
                ? RouteEvents.NONE
                : metrics.route(listener.name(), route.name());
    }
}
