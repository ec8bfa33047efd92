package io.offramp.proxy.server;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Ticker;
import io.offramp.offload.FileFailure;
import io.offramp.offload.OffloadProvider;
import io.offramp.offload.RecordOffload;
import io.offramp.proxy.access.AccessLog;
import io.offramp.proxy.access.AccessLogConfig;
import io.offramp.proxy.admin.AdminServer;
import io.offramp.proxy.admin.Phase;
import io.offramp.proxy.budget.ClientLimits;
import io.offramp.proxy.budget.Machine;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.budget.Sizing;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.generation.Generations;
import io.offramp.proxy.metrics.ConfigMetrics;
import io.offramp.proxy.metrics.LogLosses;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.reload.Reloadable;
import io.offramp.proxy.reload.Reloads;
import io.offramp.proxy.session.OffloadPlan;
import io.offramp.proxy.sockets.Inheritance;
import io.offramp.proxy.sockets.SocketTransport;
import io.offramp.proxy.upstream.UpstreamGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A running proxy: event loops, listeners, backends, admin. Thread-safe. */
public final class ProxyServer implements AutoCloseable {
    private final SocketTransport transport = SocketTransport.best();
    private final ProxyMetrics metrics = new ProxyMetrics();
    private final Sizing sizing = Sizing.of(Machine.read());
    private final Generations generations = new Generations();
    private final AccessLog accessLog = new AccessLog();
    private final Drain drain;
    private final ConnectionRegistry connections;
    private final MemoryBudget budget;
    private final HalfOpenHandshakes halfOpen;
    private final ClientAddressLimits addresses;
    private final Overload overload;
    private final Listeners listeners;
    private final Backends backends;
    private final EventLoopGroup loops;
    private final Reloads reloads;
    private final Handshakes handshakes;
    private final GenerationMaker maker;
    private final ServerWatch servers;
    private final ConfigMetrics configs = metrics.configs();
    private final Inheritance inheritance;
    private final Succession succession;
    private volatile @Nullable AdminServer admin;
    private volatile @Nullable Made made;
    private volatile List<Listening> listening = List.of();
    private @Nullable Thread warmUp;

    /**
     * A bound listener.
     *
     * @param config its configuration
     * @param address its bound address
     * @param plan backend and mode of each direction
     */
    public record Listening(ListenerConfig config, InetSocketAddress address, OffloadPlan plan) {}

    private ProxyServer(ProxyConfig config, Collection<OffloadProvider> providers, Outside outside)
            throws StartException {
        this.inheritance = outside.inheritance();
        this.drain = new Drain(config.warmup().isZero() ? Phase.READY : Phase.WARMING);
        this.connections = new ConnectionRegistry(() -> limits().connections());
        this.budget =
                sizing.budget(connections::count, PooledByteBufAllocator.DEFAULT::pinnedDirectMemory, metrics.sheds());
        this.halfOpen = new HalfOpenHandshakes(() -> limits().handshakes(), budget);
        this.addresses = new ClientAddressLimits(() -> limits().perAddress());
        this.backends = Backends.open(config, providers);
        int processors = Runtime.getRuntime().availableProcessors();
        this.loops = LoopTurns.eventLoops(transport, config.threads() > 0 ? config.threads() : processors, metrics);
        this.overload =
                new Overload(budget, drain.clients(), halfOpen, new ProcessMemory(loops, metrics.memoryTrims()));
        this.reloads = new Reloads(metrics.reloads());
        this.handshakes = new Handshakes(metrics, processors, outside.inheritance());
        this.servers = new ServerWatch(loops, outside.dns());
        this.maker = new GenerationMaker(
                generations,
                backends,
                handshakes,
                metrics,
                sizing,
                budget,
                accessLog,
                new RuleParts(metrics.rules(), Math.max(1, processors / 4), budget, () -> config().compression()),
                loops,
                servers.services(),
                connections::nextId);
        this.listeners = new Listeners(
                transport,
                loops,
                backends,
                outside.clients(),
                outside.inheritance().sockets(),
                current -> new TlsListener(current, connections, halfOpen, addresses, drain));
        this.succession = new Succession(
                this, drain, listeners, () -> Objects.requireNonNull(made), () -> admin, metrics.upgrades());
        metrics.upgrades().goOnFrom(outside.inheritance().upgrades());
    }

    /**
     * Opens backends, binds listeners and admin, and serves. Blocks until all are bound. A warm-up runs afterwards, on
     * a thread of its own.
     *
     * @param providers of the backends
     * @throws StartException if something cannot be opened or bound; nothing is left running
     */
    public static ProxyServer start(ProxyConfig config, Collection<OffloadProvider> providers) throws StartException {
        return start(config, providers, Inheritance.none());
    }

    /**
     * The same.
     *
     * @param inheritance of the process before; the caller closes what is left of it
     */
    public static ProxyServer start(ProxyConfig config, Collection<OffloadProvider> providers, Inheritance inheritance)
            throws StartException {
        ProxyServer server = start(config, providers, Outside.usual(inheritance));
        server.announcement().started(config, server.limits(), server.listeners(), server.admin);
        if (server.drain.phase().get() == Phase.WARMING) {
            server.warmUp = WarmUp.start(
                    config, providers, server.drain.phase(), inheritance.isFromProcess() ? WarmUp.GIVE_WAY : 0);
        }
        return server;
    }

    /**
     * The same without a line in the log, and without a warm-up.
     *
     * @param outside others than the usual clients and DNS
     */
    static ProxyServer start(ProxyConfig config, Collection<OffloadProvider> providers, Outside outside)
            throws StartException {
        ProxyServer server = new ProxyServer(config, providers, outside);
        try {
            server.bind(config);
        } catch (StartException | RuntimeException e) {
            server.close(Duration.ZERO);
            throw e;
        }
        return server;
    }

    /** The listeners of the current configuration, in its order; also those that were closed for a drain. */
    public List<Listening> listeners() {
        return listening;
    }

    /** The servers of the current configuration. */
    Collection<UpstreamGroup> upstreams() {
        return generations.now().upstreams().groups();
    }

    /** The current configuration. */
    public ProxyConfig config() {
        return Objects.requireNonNull(made).config();
    }

    /** The port of the admin listener; null if there is none, or it is a Unix socket. */
    public @Nullable Integer adminPort() {
        return admin == null ? null : admin.port();
    }

    /** Open client connections. */
    public ConnectionRegistry connections() {
        return connections;
    }

    /** From now on, a reload begins with the configuration itself. */
    public void reloadFrom(ConfigSource source) {
        reloads.registerRoot(new ConfigReload(source, this, configs), config().watchesFile());
    }

    /** The configuration, certificates and other things that are read again. */
    public Reloads reloads() {
        return reloads;
    }

    /** The access log. */
    public AccessLog accessLog() {
        return accessLog;
    }

    /** The meters of this proxy. */
    public ProxyMetrics metrics() {
        return metrics;
    }

    /** The record-offload backends that are open, software first. */
    public Collection<RecordOffload> backends() {
        return backends.all();
    }

    /** Whether no warm-up runs. */
    public boolean isWarm() {
        return warmUp == null || !warmUp.isAlive();
    }

    /** Whether its event loops answer. */
    public LoopCheck loopCheck() {
        return new LoopCheck(loops);
    }

    /** How another process takes the place of this one. */
    public Succession succession() {
        return succession;
    }

    /** Stops at once. */
    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /**
     * Says that it is about to stop, and goes on: load balancers that ask {@code /healthz/ready} send no more. Blocks
     * for this long.
     */
    public void announceStop(Duration delay) {
        drain.announce(delay);
    }

    /**
     * Stops listening, gives open exchanges this long to end, then cuts the others. Blocks until everything is freed;
     * idempotent.
     *
     * @return connections that were cut
     */
    public int close(Duration limit) {
        drain.begin(); // before the monitor: a reload that has not got it yet comes too late
        return stop(limit);
    }

    private synchronized int stop(Duration limit) {
        if (loops.isShuttingDown()) {
            return 0;
        }
        listeners.close();
        int cut = drain.run(limit, halfOpen, loops);
        servers.close();
        generations.close();
        // Before the host's loops, which must learn that their channels have closed.
        backends.stopConnections();
        overload.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS); // one may be stuck
        accessLog.close(); // behind the loops, which may still have ended exchanges
        reloads.close();
        handshakes.close();
        maker.rules().close();
        backends.close();
        if (admin != null) {
            admin.close();
        }
        metrics.close();
        return cut;
    }

    /**
     * Takes over another configuration: it holds for all that begins afterwards. Open connections continue, with their
     * TLS and limits; their next requests go by the new routes. Connections of a listener that is gone, or asks for
     * more of its clients now, are drained. Threads, backends and admin stay as they are. Reads files, resolves names
     * and binds sockets: blocks. For one thread at a time. A stop waits for the sockets only, not for files and names.
     *
     * @throws StartException if something cannot be read or bound; then nothing has changed
     */
    void become(ProxyConfig config) throws StartException {
        Made before = Objects.requireNonNull(made);
        try {
            become(maker.make(config, before), before);
        } finally {
            maker.keep(Objects.requireNonNull(made)); // a refused one has made meters, too
        }
    }

    private synchronized void become(Made next, Made before) throws StartException {
        if (drain.isUnderWay()) {
            throw new StartException("the proxy is stopping");
        }
        List<Listeners.Open> added = listeners.bind(next);
        try {
            log(next.config().logging().access());
        } catch (StartException e) {
            added.forEach(Listeners.Open::close);
            throw e;
        }
        before.settle();
        next.generation()
                .upstreams()
                .replace(before.generation().upstreams(), Ticker.systemTicker().nanoTime());
        use(next, before);
        Drain.cutLater(listeners.become(next, added), loops, config().drain());
        listening = listeners.bound(next.config());
        announcement().changed(next.config(), added);
    }

    private void use(Made next, @Nullable Made before) {
        generations.swap(next.generation());
        made = next;
        Set<Reloadable> known =
                before == null ? Set.of() : new HashSet<>(before.generation().files());
        Set<Reloadable> files = new HashSet<>(next.generation().files());
        next.generation().files().stream().filter(each -> !known.contains(each)).forEach(reloads::register);
        known.stream().filter(each -> !files.contains(each)).forEach(reloads::unregister);
        next.showCertificates(before, metrics);
        handshakes.keyLogs().keep(next.keyLogs());
        if (handshakes.keyLogs().isNew()) {
            metrics.bindKeyLog(handshakes.keyLogs(), KeyLogs::count, KeyLogs::dropped);
        }
        servers.become(next);
        configs.onGeneration();
    }

    /** Backends that are open, by name. */
    Set<String> backendNames() {
        return backends.names();
    }

    /** Whether its connections leave, for a stop or for another process. */
    public boolean isDraining() {
        return drain.isUnderWay();
    }

    private void log(AccessLogConfig config) throws StartException {
        Made before = made;
        if (before != null && before.config().logging().access().equals(config)) {
            return;
        }
        try {
            accessLog.become(config);
        } catch (IOException e) {
            String why = FileFailure.reason(e);
            throw new StartException("cannot write the access log to " + config.target() + ": " + why);
        }
    }

    private Announcement announcement() {
        return new Announcement(transport, backends, sizing);
    }

    private ClientLimits limits() {
        return generations.now().limits();
    }

    private void bind(ProxyConfig config) throws StartException {
        metrics.bindProcess();
        metrics.bindHandshakes(halfOpen::count);
        metrics.bind(budget);
        metrics.bind(PooledByteBufAllocator.DEFAULT);
        metrics.bindAccessLog(new LogLosses(accessLog::lost, accessLog::waitingBytes, accessLog::failures));
        backends.all().forEach(metrics::bind);
        // Reads certificates and probes providers, so that everything is known before the first socket is open.
        Made first = maker.make(config, null);
        log(config.logging().access());
        use(first, null);
        List<Listeners.Open> added = listeners.bind(first);
        metrics.bindServers(this::upstreams);
        overload.start();
        reloads.start();
        ServiceChange.watch(servers.services(), this);
        if (config.admin() != null) {
            try {
                admin = AdminServer.start(
                        config.admin(),
                        metrics,
                        connections,
                        this::upstreams,
                        reloads,
                        drain.phase()::get,
                        transport,
                        inheritance.sockets());
            } catch (IOException e) {
                added.forEach(Listeners.Open::close);
                throw new StartException(String.valueOf(e.getMessage()));
            }
        }
        // The last step: what is accepted is served.
        listeners.become(first, added);
        listening = listeners.bound(config);
    }
}
