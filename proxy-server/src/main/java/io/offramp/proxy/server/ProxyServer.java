package io.offramp.proxy.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.offramp.offload.ConnectionOffload;
import io.offramp.offload.OffloadProvider;
import io.offramp.offload.RecordOffload;
import io.offramp.proxy.accept.AcceptPause;
import io.offramp.proxy.access.AccessLog;
import io.offramp.proxy.access.AccessLogConfig;
import io.offramp.proxy.admin.AdminServer;
import io.offramp.proxy.admin.Phase;
import io.offramp.proxy.budget.ClientLimits;
import io.offramp.proxy.budget.Machine;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.budget.Sizing;
import io.offramp.proxy.channel.DrainEvent;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.generation.Generation;
import io.offramp.proxy.generation.Generations;
import io.offramp.proxy.generation.ListenerGeneration;
import io.offramp.proxy.handshake.crypto.CryptoProviders;
import io.offramp.proxy.metrics.ListenerMetrics;
import io.offramp.proxy.metrics.LogLosses;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.reload.Reloads;
import io.offramp.proxy.session.OffloadPlan;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running proxy: event loops, listeners, backends, admin. Thread-safe. */
public final class ProxyServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);

    private static final int BACKLOG = 4096;

    /** Time for a cut connection to take its close_notify. */
    private static final long CUT_LIMIT_MS = 500;

    /** An idle connection has a buffer of the size of its last reads; a busy one reads 64 KiB at once. */
    private static final AdaptiveRecvByteBufAllocator READS =
            new AdaptiveRecvByteBufAllocator(1 << 10, 4 << 10, 64 << 10);

    /** With this much waiting for a client, its upstream is no longer read. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 << 10, 192 << 10);

    private final SocketTransport transport = SocketTransport.best();
    private final ProxyMetrics metrics = new ProxyMetrics();
    private final Sizing sizing = Sizing.of(Machine.read());
    private final Generations generations = new Generations();
    private final AccessLog accessLog = new AccessLog();
    private final ConnectionRegistry connections;
    private final MemoryBudget budget;
    private final HalfOpenHandshakes halfOpen;
    private final ClientAddressLimits addresses;
    private final Overload overload;
    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final List<Channel> sockets = new ArrayList<>();
    private final List<Listening> listeners = new ArrayList<>();
    private final Backends backends;
    private final EventLoopGroup loops;
    private final Reloads reloads;
    private final Handshakes handshakes;
    private final GenerationMaker maker;
    private final ServerWatch servers;
    private @Nullable AdminServer admin;
    private final AtomicReference<Phase> phase;
    private final @Nullable OwnClients own;

    /**
     * A bound listener.
     *
     * @param config its configuration
     * @param address its bound address
     * @param plan backend and mode of each direction
     */
    public record Listening(ListenerConfig config, InetSocketAddress address, OffloadPlan plan) {}

    private ProxyServer(ProxyConfig config, Collection<OffloadProvider> providers, @Nullable OwnClients own)
            throws StartException {
        this.own = own;
        this.phase = new AtomicReference<>(config.warmup().isZero() ? Phase.READY : Phase.WARMING);
        this.connections = new ConnectionRegistry(() -> limits().connections());
        this.budget =
                sizing.budget(connections::count, PooledByteBufAllocator.DEFAULT::pinnedDirectMemory, metrics.sheds());
        this.halfOpen = new HalfOpenHandshakes(() -> limits().handshakes(), budget);
        this.addresses = new ClientAddressLimits(() -> limits().perAddress());
        this.backends = Backends.open(config, providers);
        int processors = Runtime.getRuntime().availableProcessors();
        this.loops = transport.eventLoops(config.threads() > 0 ? config.threads() : processors, metrics);
        this.overload = new Overload(budget, clients, halfOpen, new ProcessMemory(loops, metrics.memoryTrims()));
        this.reloads = new Reloads(metrics.reloads());
        this.handshakes = new Handshakes(metrics, processors);
        this.servers = new ServerWatch(loops);
        this.maker = new GenerationMaker(
                generations, backends, handshakes, metrics, sizing, budget, accessLog, loops, connections::nextId);
    }

    /**
     * Opens backends, binds listeners and admin, and serves. Blocks until all are bound. A warm-up runs afterwards, on
     * a thread of its own.
     *
     * @param providers of the backends
     * @throws StartException if something cannot be opened or bound; nothing is left running
     */
    public static ProxyServer start(ProxyConfig config, Collection<OffloadProvider> providers) throws StartException {
        ProxyServer server = start(config, providers, null);
        server.announce(config);
        if (server.phase.get() == Phase.WARMING) {
            WarmUp.start(config, providers, server.phase);
        }
        return server;
    }

    /**
     * The same without a line in the log, and without a warm-up.
     *
     * @param own clients that alone may connect; null for all
     */
    static ProxyServer start(ProxyConfig config, Collection<OffloadProvider> providers, @Nullable OwnClients own)
            throws StartException {
        ProxyServer server = new ProxyServer(config, providers, own);
        try {
            server.bind(config);
        } catch (StartException | RuntimeException e) {
            server.close(Duration.ZERO);
            throw e;
        }
        return server;
    }

    /** The bound listeners, in the order of the configuration. */
    public List<Listening> listeners() {
        return List.copyOf(listeners);
    }

    /** The port of the admin listener; null if there is none, or it is a Unix socket. */
    public @Nullable Integer adminPort() {
        return admin == null ? null : admin.port();
    }

    /** Open client connections. */
    public ConnectionRegistry connections() {
        return connections;
    }

    /** Certificates and other things that are reloaded when their files change. */
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

    /** Stops at once. */
    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /**
     * Stops listening, gives open exchanges this long to end, then cuts the others. Blocks until everything is freed;
     * idempotent.
     *
     * @return connections that were cut
     */
    public synchronized int close(Duration drain) {
        if (loops.isShuttingDown()) {
            return 0;
        }
        phase.set(Phase.DRAINING);
        sockets.forEach(socket -> socket.close().awaitUninterruptibly());
        sockets.clear();
        clients.forEach(client -> client.pipeline().fireUserEventTriggered(DrainEvent.INSTANCE));
        halfOpen.drain();
        if (!drain.isZero()) {
            clients.newCloseFuture().awaitUninterruptibly(drain.toMillis());
        }
        int cut = clients.size();
        clients.close().awaitUninterruptibly(CUT_LIMIT_MS);
        // A client that does not read has not taken it. A loop that is shut down without a quiet period may end before
        // it has closed its channels, and their pending writes would leak.
        clients.forEach(client -> client.eventLoop()
                .execute(() -> client.unsafe().close(client.unsafe().voidPromise())));
        clients.newCloseFuture().awaitUninterruptibly(CUT_LIMIT_MS);
        servers.close();
        generations.close();
        // Before the host's loops, which must learn that their channels have closed.
        backends.stopConnections();
        overload.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        accessLog.close(); // behind the loops, which may still have ended exchanges
        reloads.close();
        handshakes.close();
        backends.close();
        if (admin != null) {
            admin.close();
        }
        metrics.close();
        return cut;
    }

    /**
     * Takes over another configuration: it holds for all that begins afterwards; open connections continue. Listeners,
     * backends and admin stay as they are, and so do the limits of upstreams. Ticket keys without a file are made anew.
     * Reads files and resolves names: blocks.
     *
     * @throws StartException if a file cannot be read; then the generation in use stays
     */
    synchronized void become(ProxyConfig config) throws StartException {
        Generation before = generations.now();
        Generation next = maker.make(config, before);
        log(config.logging().access());
        generations.swap(next);
        next.files().forEach(reloads::register);
        before.files().forEach(reloads::unregister);
        before.upstreams().retire();
        servers.become(next.upstreams());
    }

    private boolean isDraining() {
        return phase.get() == Phase.DRAINING;
    }

    private void log(AccessLogConfig config) throws StartException {
        try {
            accessLog.become(config);
        } catch (IOException e) {
            throw new StartException("cannot write the access log to " + config.target() + ": " + e);
        }
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
        Generation first = maker.make(config, null);
        log(config.logging().access());
        generations.swap(first);
        first.files().forEach(reloads::register);
        if (!handshakes.keyLogs().isEmpty()) {
            metrics.bindKeyLog(handshakes.keyLogs(), KeyLogs::dropped);
        }
        for (ListenerConfig listener : config.listeners()) {
            listeners.add(listen(listener, maker.current(config.listeners(), listener)));
        }
        metrics.bindServers(() -> generations.now().upstreams().groups());
        servers.become(first.upstreams());
        overload.start();
        reloads.start();
        if (config.admin() != null) {
            try {
                admin = AdminServer.start(
                        config.admin(),
                        metrics,
                        connections,
                        () -> generations.now().upstreams().groups(),
                        reloads,
                        phase::get);
            } catch (IOException e) {
                throw new StartException(String.valueOf(e.getMessage()));
            }
        }
    }

    private void announce(ProxyConfig config) {
        LOG.info(
                "JDK {}, transport {}, handshake crypto: {}, backends: {}",
                Runtime.version(),
                transport,
                CryptoProviders.describe(),
                backends.describe());
        backends.all()
                .forEach(backend -> backend.surroundings().forEach(line -> LOG.info("{}: {}", backend.name(), line)));
        LOG.info("{}", sizing.describe(limits()));
        sizing.warnings(config.clients(), config.heads().headBytes()).forEach(line -> LOG.warn("{}", line));
        for (Listening each : listeners) {
            LOG.info(
                    "listening on {} ({}), offload: tx {}, rx {}",
                    Connection.text(each.address()),
                    each.config().mode().name().toLowerCase(Locale.ROOT),
                    each.plan().describeTx(),
                    each.plan().describeRx());
        }
        if (admin != null) {
            LOG.info("admin on {}", admin);
        }
    }

    private Listening listen(ListenerConfig listener, Supplier<ListenerGeneration> current) throws StartException {
        OffloadPlan plan = current.get().sessions().plan();
        ListenerMetrics meters = metrics.listener(listener.name());
        TlsListener initializer = new TlsListener(
                listener.name(),
                current,
                meters,
                connections,
                halfOpen,
                addresses,
                clients,
                backends.watch(listener),
                this::isDraining);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .channelFactory(transport.server())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, READS)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, WriteSizes.ESTIMATOR)
                .handler(doorOf(listener, meters))
                .childHandler(initializer);
        ChannelFuture bound = bind(
                        bootstrap,
                        backends.connections(listener),
                        listener.bind().resolve())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new StartException("cannot listen on " + listener.bind() + ": " + reason(bound.cause()));
        }
        sockets.add(bound.channel());
        InetSocketAddress address = (InetSocketAddress) bound.channel().localAddress();
        return new Listening(listener, address, plan);
    }

    private ChannelHandler doorOf(ListenerConfig listener, ListenerMetrics meters) {
        AcceptPause pause = new AcceptPause(listener.name(), meters::onAcceptFailed);
        return own == null ? pause : own.before(pause);
    }

    /** On the host's event loops, or on the device's. */
    private ChannelFuture bind(ServerBootstrap listener, @Nullable ConnectionOffload device, InetSocketAddress to) {
        return device == null ? listener.group(loops).bind(to) : device.listen(listener, transport.handler(), to);
    }

    /** Netty's native transport says {@code bind(..) failed with error(-98): Address already in use}. */
    private static String reason(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return message.substring(message.lastIndexOf(": ") < 0 ? 0 : message.lastIndexOf(": ") + 2);
    }
}
