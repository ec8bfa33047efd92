package io.offramp.proxy.upstream.pool;

import io.netty.channel.EventLoop;
import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.upstream.PoolKey;
import io.offramp.proxy.upstream.TransportSecurity;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.transport.Connector;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All upstreams of a proxy, shared by its listeners. Thread-safe. */
public final class Upstreams {
    private static final Securities IN_THE_CLEAR = name -> null;

    private final Map<String, UpstreamGroup> groups = new LinkedHashMap<>();
    private final Loops loops;
    private final Means means;

    /**
     * The event loops, shared by one configuration after the other.
     *
     * @param means of the current one
     */
    private record Loops(ConcurrentHashMap<EventLoop, UpstreamLoop> known, AtomicReference<Means> means) {
        Loops(Means first) {
            this(new ConcurrentHashMap<>(), new AtomicReference<>(first));
        }

        UpstreamLoop on(EventLoop loop) {
            return known.computeIfAbsent(loop, l -> new UpstreamLoop(l, means::get));
        }

        void each(Consumer<UpstreamLoop> task) {
            known.forEach((loop, connections) -> loop.execute(() -> task.accept(connections)));
        }
    }

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
        this(configured, Means.of(protocols, settings), events, security);
    }

    /** The same, without sockets. */
    public Upstreams(
            Map<String, UpstreamConfig> configured,
            Protocols protocols,
            UpstreamSettings settings,
            Function<String, UpstreamEvents> events,
            Connector connector) {
        this(configured, protocols, settings, events, IN_THE_CLEAR, connector);
    }

    /** The same, with what secures connections. */
    public Upstreams(
            Map<String, UpstreamConfig> configured,
            Protocols protocols,
            UpstreamSettings settings,
            Function<String, UpstreamEvents> events,
            Securities security,
            Connector connector) {
        this(configured, new Means(protocols, settings, connector), events, security);
    }

    private Upstreams(
            Map<String, UpstreamConfig> configured,
            Means means,
            Function<String, UpstreamEvents> events,
            Securities security) {
        this.means = means;
        loops = new Loops(means);
        Function<ServerAddress, List<? extends SocketAddress>> addresses =
                Lookups.of(configured.values(), ServerAddress::resolveAll);
        configured.forEach((name, config) -> groups.put(
                name, new UpstreamGroup(config, events.apply(name), addresses, security.of(name), null, false)));
    }

    private Upstreams(
            Map<String, UpstreamConfig> configured,
            Means means,
            Function<String, UpstreamEvents> events,
            Securities security,
            Upstreams before) {
        this.means = means;
        loops = before.loops;
        boolean same = means == before.means;
        Map<String, UpstreamConfig> differing = new LinkedHashMap<>(configured);
        if (same) {
            differing.entrySet().removeIf(each -> {
                UpstreamGroup known = before.groups.get(each.getKey());
                return known != null && known.is(each.getValue(), security.of(each.getKey()));
            });
        }
        Function<ServerAddress, List<? extends SocketAddress>> addresses =
                Lookups.of(differing.values(), ServerAddress::resolveAll);
        configured.forEach((name, config) -> {
            UpstreamGroup known = before.groups.get(name);
            groups.put(
                    name,
                    known != null && !differing.containsKey(name)
                            ? known
                            : new UpstreamGroup(config, events.apply(name), addresses, security.of(name), known, same));
        });
    }

    /**
     * Other upstreams over the same event loops, whose clients may use both meanwhile. An upstream of which nothing
     * differs is the same object, with its connections, turns and states. A server that is in both keeps its state and,
     * if they are of the same kind, its connections. Looks up the names of all others, as the constructor does. Holds
     * for new connections from {@link #replace} on.
     *
     * @param security the same object as before for connections that may go on
     */
    public Upstreams next(
            Map<String, UpstreamConfig> configured,
            Protocols protocols,
            UpstreamSettings settings,
            Function<String, UpstreamEvents> events,
            Securities security) {
        return new Upstreams(configured, means.next(protocols, settings), events, security, this);
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
        return loops.on(loop);
    }

    /**
     * Takes the place of others: requests that wait there go on here, and connections to servers that are not here
     * close once they are idle.
     *
     * @param nowNs on the clock of the event loops
     */
    public void replace(Upstreams before, long nowNs) {
        loops.means.set(means);
        groups.values().forEach(group -> group.servers().forEach(server -> server.onCurrent(nowNs)));
        Set<PoolKey> kept = keys();
        before.retire(kept, group -> groups.get(group.name()) != group);
        groups.values().forEach(UpstreamGroup::begin);
    }

    /** Closes idle connections to these upstreams, which new requests do not use. */
    public void retire() {
        retire(Set.of(), group -> true);
    }

    private void retire(Set<PoolKey> kept, Predicate<UpstreamGroup> which) {
        List<UpstreamGroup> gone = groups.values().stream().filter(which).toList();
        gone.forEach(UpstreamGroup::retire);
        Set<PoolKey> unused = keys();
        unused.removeAll(kept);
        unused.forEach(PoolKey::retire);
        loops.each(connections -> gone.forEach(connections::retire));
    }

    private Set<PoolKey> keys() {
        return groups.values().stream()
                .flatMap(group -> group.servers().stream())
                .map(UpstreamServer::poolKey)
                .collect(Collectors.toSet());
    }

    /** Closes all idle connections; those in use close when their clients are done. */
    public void close() {
        loops.each(UpstreamLoop::close);
    }
}
