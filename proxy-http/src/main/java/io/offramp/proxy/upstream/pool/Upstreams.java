package io.offramp.proxy.upstream.pool;

import io.netty.channel.EventLoop;
import io.offramp.proxy.upstream.TransportSecurity;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.transport.Connector;
import io.offramp.proxy.upstream.transport.SocketConnector;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All upstreams of a proxy, shared by its listeners. Thread-safe. */
public final class Upstreams {
    private static final Securities IN_THE_CLEAR = name -> null;

    private final Map<String, UpstreamGroup> groups = new LinkedHashMap<>();
    private final Map<EventLoop, UpstreamLoop> loops;
    private final Protocols protocols;
    private final UpstreamSettings settings;
    private final Connector connector;

    /** What secures connections, by name of the upstream. */
    @FunctionalInterface
    public interface Securities {
        /** Null for connections in the clear. */
        @Nullable
        TransportSecurity of(String upstream);
    }

    /**
     * Resolves all names; blocks, so never on an event loop. An unknown name is no error: it is resolved again when it
     * is needed.
     *
     * @param configured by name
     * @param protocols that servers speak
     * @param events counters, by name of the upstream
     */
    public Upstreams(
            Map<String, UpstreamConfig> configured,
            Protocols protocols,
            UpstreamSettings settings,
            Function<String, UpstreamEvents> events) {
        this(configured, protocols, settings, events, IN_THE_CLEAR);
    }

    /**
     * The same.
     *
     * @param security of connections, by name of the upstream; gives null for connections in the clear
     */
    public Upstreams(
            Map<String, UpstreamConfig> configured,
            Protocols protocols,
            UpstreamSettings settings,
            Function<String, UpstreamEvents> events,
            Securities security) {
        this(
                configured,
                protocols,
                settings,
                events,
                security,
                SocketConnector.of(settings.receiveBytes()),
                new ConcurrentHashMap<>(),
                Map.of());
    }

    /** The same, without sockets. */
    public Upstreams(
            Map<String, UpstreamConfig> configured,
            Protocols protocols,
            UpstreamSettings settings,
            Function<String, UpstreamEvents> events,
            Connector connector) {
        this(configured, protocols, settings, events, IN_THE_CLEAR, connector, new ConcurrentHashMap<>(), Map.of());
    }

    private Upstreams(
            Map<String, UpstreamConfig> configured,
            Protocols protocols,
            UpstreamSettings settings,
            Function<String, UpstreamEvents> events,
            Securities security,
            Connector connector,
            Map<EventLoop, UpstreamLoop> loops,
            Map<String, UpstreamGroup> before) {
        this.protocols = protocols;
        this.settings = settings;
        this.connector = connector;
        this.loops = loops;
        configured.forEach((name, config) ->
                groups.put(name, new UpstreamGroup(config, events.apply(name), security.of(name), before.get(name))));
    }

    /**
     * Other upstreams over the same event loops, whose clients may use both meanwhile. A server that is in both keeps
     * its state. Looks all names up, as the constructor does.
     */
    public Upstreams next(
            Map<String, UpstreamConfig> configured, Function<String, UpstreamEvents> events, Securities security) {
        return new Upstreams(configured, protocols, settings, events, security, connector, loops, groups);
    }

    /** All of them. */
    public Collection<UpstreamGroup> groups() {
        return Collections.unmodifiableCollection(groups.values());
    }

    /** The group of that name, or null. */
    public @Nullable UpstreamGroup group(String name) {
        return groups.get(name);
    }

    /** Connections of one event loop. */
    public UpstreamLoop on(EventLoop loop) {
        return loops.computeIfAbsent(loop, l -> new UpstreamLoop(l, protocols, settings, connector));
    }

    /** Closes idle connections to these upstreams, which new requests do not use. */
    public void retire() {
        loops.forEach((loop, connections) -> loop.execute(() -> groups.values().forEach(connections::retire)));
    }

    /** Closes all idle connections; those in use close when their clients are done. */
    public void close() {
        loops.forEach((loop, connections) -> loop.execute(connections::close));
    }
}
