package io.offramp.proxy.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
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
import io.offramp.proxy.admin.AdminServer;
import io.offramp.proxy.budget.LimitConfig;
import io.offramp.proxy.budget.Machine;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.budget.Sizing;
import io.offramp.proxy.channel.DrainEvent;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.handshake.crypto.CryptoProviders;
import io.offramp.proxy.metrics.ListenerMetrics;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.reload.Reloads;
import io.offramp.proxy.session.OffloadPlan;
import io.offramp.proxy.session.SessionSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running proxy: event loops, listeners, backends, admin. Thread-safe. */
public final class ProxyServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);

    private static final int BACKLOG = 4096;

    /** What a cut connection gets to take its close_notify. */
    private static final long CUT_LIMIT_MS = 500;

    /** An idle connection costs what its last reads needed; a busy one reads 64 KiB at once. */
    private static final AdaptiveRecvByteBufAllocator READS =
            new AdaptiveRecvByteBufAllocator(1 << 10, 4 << 10, 64 << 10);

    /** A client may have this much waiting before its upstream is no longer read. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 << 10, 192 << 10);

    private final ProxyConfig config;
    private final Transport transport = Transport.best();
    private final ProxyMetrics metrics = new ProxyMetrics();
    private final Sizing sizing = Sizing.of(Machine.read());
    private final LimitConfig limits;
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
    private final Fronts fronts;
    private @Nullable AdminServer admin;
    private volatile boolean draining;

    /**
     * A listener that is bound.
     *
     * @param config what was asked for
     * @param address what it is bound to
     * @param plan which backend takes which direction
     */
    public record Listening(ListenerConfig config, InetSocketAddress address, OffloadPlan plan) {}

    private record Prepared(
            ListenerConfig config,
            OffloadPlan plan,
            @Nullable ConnectionOffload device,
            TlsListener initializer) {}

    private ProxyServer(ProxyConfig config, Collection<OffloadProvider> providers) throws StartException {
        this.config = config;
        this.limits = sizing.resolve(config.limits());
        this.connections = new ConnectionRegistry(limits.connections());
        this.budget =
                sizing.budget(connections::count, PooledByteBufAllocator.DEFAULT::pinnedDirectMemory, metrics.sheds());
        this.halfOpen = new HalfOpenHandshakes(limits.handshakes(), budget);
        this.addresses = new ClientAddressLimits(limits.perAddress());
        this.overload = new Overload(budget, clients, halfOpen);
        this.backends = Backends.open(config, providers);
        int processors = Runtime.getRuntime().availableProcessors();
        this.loops = transport.eventLoops(config.threads() > 0 ? config.threads() : processors, metrics);
        this.reloads = new Reloads(metrics.reloads());
        this.handshakes = new Handshakes(config, metrics, reloads, processors);
        this.fronts = new Fronts(config, metrics, budget);
    }

    /**
     * Opens backends, binds listeners and admin, and serves. Blocks until all are bound.
     *
     * @param providers where backends come from
     * @throws StartException if something cannot be opened or bound; nothing is left running
     */
    public static ProxyServer start(ProxyConfig config, Collection<OffloadProvider> providers) throws StartException {
        ProxyServer server = new ProxyServer(config, providers);
        try {
            server.bind();
        } catch (StartException | RuntimeException e) {
            server.close(Duration.ZERO);
            throw e;
        }
        return server;
    }

    /** What is bound, in the order of the configuration. */
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

    /** Certificates and whatever else is reloaded when its files change. */
    public Reloads reloads() {
        return reloads;
    }

    /** What is published of this proxy. */
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
     * Stops listening, lets open exchanges end for so long, then cuts what is left. Blocks until everything is freed;
     * idempotent.
     *
     * @return connections that were cut
     */
    public synchronized int close(Duration drain) {
        if (loops.isShuttingDown()) {
            return 0;
        }
        draining = true;
        sockets.forEach(socket -> socket.close().awaitUninterruptibly());
        sockets.clear();
        clients.forEach(client -> client.pipeline().fireUserEventTriggered(DrainEvent.INSTANCE));
        halfOpen.drain();
        if (!drain.isZero()) {
            clients.newCloseFuture().awaitUninterruptibly(drain.toMillis());
        }
        int cut = clients.size();
        clients.close().awaitUninterruptibly(CUT_LIMIT_MS);
        // Who does not read has not taken it. A loop that is shut down without a quiet period may end before it has
        // closed its
        // channels, and what they had to write would leak.
        clients.forEach(client -> client.eventLoop()
                .execute(() -> client.unsafe().close(client.unsafe().voidPromise())));
        clients.newCloseFuture().awaitUninterruptibly(CUT_LIMIT_MS);
        fronts.close();
        // Before the host's, which have to hear that their channels have closed.
        backends.stopConnections();
        overload.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        reloads.close();
        handshakes.close();
        backends.close();
        if (admin != null) {
            admin.close();
        }
        metrics.close();
        return cut;
    }

    private void bind() throws StartException {
        metrics.bindProcess();
        metrics.bindHandshakes(halfOpen::count);
        metrics.bind(budget);
        metrics.bind(PooledByteBufAllocator.DEFAULT);
        backends.all().forEach(metrics::bind);
        List<Prepared> prepared = new ArrayList<>();
        for (ListenerConfig listener : config.listeners()) {
            prepared.add(prepare(listener));
        }
        if (!handshakes.keyLogs().isEmpty()) {
            metrics.bindKeyLog(handshakes.keyLogs(), KeyLogs::dropped);
        }
        LOG.info(
                "JDK {}, transport {}, handshake crypto: {}, backends: {}",
                Runtime.version(),
                transport,
                CryptoProviders.describe(),
                backends.describe());
        backends.all()
                .forEach(backend -> backend.surroundings().forEach(line -> LOG.info("{}: {}", backend.name(), line)));
        LOG.info("{}", sizing.describe(limits));
        sizing.warnings(config.limits()).forEach(line -> LOG.warn("{}", line));
        for (Prepared listener : prepared) {
            listeners.add(listen(listener));
        }
        overload.start();
        reloads.start();
        if (config.admin() != null) {
            try {
                admin = AdminServer.start(config.admin(), metrics, connections, reloads, () -> draining);
                LOG.info("admin on {}", admin);
            } catch (IOException e) {
                throw new StartException(e.getMessage());
            }
        }
    }

    /** Reads certificates and probes providers, so that everything is known before the first socket is open. */
    private Prepared prepare(ListenerConfig listener) throws StartException {
        OffloadPlan plan = backends.plan(listener.offload());
        ConnectionOffload device = backends.connections(listener);
        ListenerMetrics meters = metrics.listener(listener.name());
        Front front = fronts.of(listener, meters);
        TlsListener initializer = new TlsListener(
                listener.name(),
                handshakes.settings(listener, device),
                SessionSettings.of(plan, metrics.tls(), listener.tls().recordSize()),
                device == null ? front : new PlaintextFront(device, loops, front),
                meters,
                connections,
                halfOpen,
                addresses,
                listener.http().trustedProxies(),
                clients,
                () -> draining);
        return new Prepared(listener, plan, device, initializer);
    }

    private Listening listen(Prepared prepared) throws StartException {
        ListenerConfig listener = prepared.config();
        OffloadPlan plan = prepared.plan();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .channelFactory(transport.server())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, READS)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, WriteSizes.ESTIMATOR)
                .handler(new AcceptPause(listener.name(), metrics.listener(listener.name())::onAcceptFailed))
                .childHandler(prepared.initializer());
        ChannelFuture bound =
                bind(bootstrap, prepared.device(), listener.bind().resolve()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new StartException("cannot listen on " + listener.bind() + ": " + reason(bound.cause()));
        }
        sockets.add(bound.channel());
        InetSocketAddress address = (InetSocketAddress) bound.channel().localAddress();
        LOG.info(
                "listening on {} ({}), offload: tx {}, rx {}",
                Connection.text(address),
                listener.mode().name().toLowerCase(Locale.ROOT),
                plan.describeTx(),
                plan.describeRx());
        return new Listening(listener, address, plan);
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
