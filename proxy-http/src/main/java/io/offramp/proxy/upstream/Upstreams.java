package io.offramp.proxy.upstream;

import io.netty.channel.EventLoop;
import io.offramp.proxy.budget.LimitConfig;
import io.offramp.proxy.channel.TimeoutConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All upstreams of a proxy, shared by its listeners. Thread-safe. */
public final class Upstreams {
    private static final Logger LOG = LoggerFactory.getLogger(Upstreams.class);
    private static final Path RMEM_MAX = Path.of("/proc/sys/net/core/rmem_max");

    private final Map<String, UpstreamGroup> groups = new LinkedHashMap<>();
    private final Map<EventLoop, UpstreamLoop> loops;
    private final TimeoutConfig timeouts;
    private final LimitConfig limits;
    private final Connector connector;

    /**
     * Looks all names up, so not on an event loop. A name that is not known is no error: it is looked up again when it
     * is needed.
     *
     * @param configured by name
     * @param events who counts, by name of the upstream
     */
    public Upstreams(
            Map<String, UpstreamConfig> configured,
            TimeoutConfig timeouts,
            LimitConfig limits,
            Function<String, UpstreamEvents> events) {
        this(configured, timeouts, limits, events, new SocketConnector(limits.upstreamReceiveBytes()));
        warnWhereTheKernelGivesLess(limits.upstreamReceiveBytes());
    }

    /** The same, over other channels than sockets. */
    public Upstreams(
            Map<String, UpstreamConfig> configured,
            TimeoutConfig timeouts,
            LimitConfig limits,
            Function<String, UpstreamEvents> events,
            Connector connector) {
        this.timeouts = timeouts;
        this.limits = limits;
        this.connector = connector;
        loops = new ConcurrentHashMap<>();
        configured.forEach((name, config) -> groups.put(name, new UpstreamGroup(config, events.apply(name))));
    }

    /** The kernel cuts a buffer without a word; that of the default makes no difference where servers are near. */
    private static void warnWhereTheKernelGivesLess(int receiveBytes) {
        if (receiveBytes <= LimitConfig.DEFAULTS.upstreamReceiveBytes()) {
            return;
        }
        try (BufferedReader file = Files.newBufferedReader(RMEM_MAX)) {
            long most = Long.parseLong(file.readLine()); // in one read: such a file has nothing behind the first
            if (most < receiveBytes) {
                LOG.warn(
                        "limits.upstream-rcvbuf is {} bytes, but net.core.rmem_max gives a socket {}",
                        receiveBytes,
                        most);
            }
        } catch (IOException | NumberFormatException e) {
            LOG.warn("cannot check limits.upstream-rcvbuf: {}", e.toString());
        }
    }

    private Upstreams(
            Upstreams before, Map<String, UpstreamConfig> configured, Function<String, UpstreamEvents> events) {
        timeouts = before.timeouts;
        limits = before.limits;
        connector = before.connector;
        loops = before.loops;
        configured.forEach((name, config) -> groups.put(name, new UpstreamGroup(config, events.apply(name))));
    }

    /**
     * Other upstreams over the same event loops, whose clients may use both meanwhile. Looks all names up, as the
     * constructor does.
     */
    public Upstreams next(Map<String, UpstreamConfig> configured, Function<String, UpstreamEvents> events) {
        return new Upstreams(this, configured, events);
    }

    /** The group of that name, or null. */
    public @Nullable UpstreamGroup group(String name) {
        return groups.get(name);
    }

    /** Connections of one event loop. */
    public UpstreamLoop on(EventLoop loop) {
        return loops.computeIfAbsent(loop, l -> new UpstreamLoop(l, timeouts, limits, connector));
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
