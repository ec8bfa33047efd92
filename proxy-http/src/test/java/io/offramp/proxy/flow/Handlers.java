package io.offramp.proxy.flow;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.ManualIoEventLoop;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.budget.Shed;
import io.offramp.proxy.budget.ShedEvent;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.route.Router;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamLimits;
import io.offramp.proxy.upstream.UpstreamProtocol;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.Protocols;
import io.offramp.proxy.upstream.pool.Upstreams;
import io.offramp.proxy.upstream.probe.HealthChecks;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Today's handlers on one event loop, whose channels are {@link WireChannel}s. */
final class Handlers implements ProxyUnderTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 1);
    private static final int MAX_TURNS = 10_000;

    private final int readBytes;
    private final VirtualTime clock = new VirtualTime();
    private final CountingAllocator allocator = new CountingAllocator();
    private final ManualIoEventLoop loop =
            new ManualIoEventLoop(null, Thread.currentThread(), executor -> new NoIo(), clock);
    private final List<WireChannel> channels = new ArrayList<>();
    private final ArrayDeque<WireChannel> offered = new ArrayDeque<>();
    private final Counts counts = new Counts();
    private final List<String> logged = new ArrayList<>();
    private final List<AccessEntry> entries = new ArrayList<>();
    private final List<Shed> sheds = new ArrayList<>();
    private final MemoryBudget budget =
            new MemoryBudget(Long.MAX_VALUE, Long.MAX_VALUE, () -> 0, () -> 0, () -> 0, System::nanoTime, sheds::add);
    private final Protocols protocols;
    private final Fronts fronts;
    private final Consumer<ChannelPipeline> front;
    private UpstreamSettings settings;
    private Upstreams upstreams;
    private Router routes;
    private int clients;

    /** What clients speak. */
    enum Front {
        HTTP1,
        HTTP2,
        TCP
    }

    /**
     * The HTTP front.
     *
     * @param readBytes of one read from a connection
     */
    Handlers(int readBytes) {
        this(readBytes, ModelSettings.HTTP);
    }

    /** The HTTP front, with these bounds for its clients. */
    Handlers(int readBytes, HttpSettings http) {
        this(readBytes, Front.HTTP1, http, ModelSettings.SERVERS, ModelSettings.app(UpstreamProtocol.HTTP1, 1));
    }

    /** The front for bytes. */
    static Handlers tcp(int readBytes) {
        UpstreamConfig one = ModelSettings.app(UpstreamProtocol.HTTP1, 1);
        return new Handlers(readBytes, Front.TCP, ModelSettings.HTTP, ModelSettings.SERVERS, one);
    }

    /** The HTTP front, with a bound for connections to the server and one for waiting requests. */
    static Handlers bounded(int readBytes, int connections, int waiting) {
        return bounded(Front.HTTP1, UpstreamProtocol.HTTP1, readBytes, connections, waiting, 1);
    }

    /** The same, with several servers in turn. */
    static Handlers bounded(
            Front clients, UpstreamProtocol spoken, int readBytes, int connections, int waiting, int servers) {
        return bounded(clients, spoken, readBytes, connections, waiting, servers, UpstreamLimits.DEFAULTS, null);
    }

    /** The same with an upstream of these bounds, and perhaps TLS in front of its servers. */
    static Handlers bounded(
            Front clients,
            UpstreamProtocol spoken,
            int readBytes,
            int connections,
            int waiting,
            int servers,
            UpstreamLimits limits,
            @Nullable SessionModel tls) {
        return new Handlers(
                readBytes,
                clients,
                ModelSettings.HTTP,
                ModelSettings.SERVERS.toBuilder()
                        .connections(connections)
                        .queue(waiting)
                        .build(),
                ModelSettings.app(spoken, servers).with(limits),
                name -> tls);
    }

    /** The HTTP front, with an upstream of these bounds. */
    static Handlers limited(Front clients, UpstreamProtocol spoken, int connections, UpstreamLimits limits) {
        return bounded(clients, spoken, 256, connections, ModelSettings.SERVERS.queue(), 1, limits, null);
    }

    /** Clients of HTTP/2, with a server that speaks it as well. */
    static Handlers http2Pair(int readBytes) {
        return new Handlers(
                readBytes,
                Front.HTTP2,
                ModelSettings.HTTP,
                ModelSettings.SERVERS.toBuilder().requests(1_000_000).build(),
                ModelSettings.app(UpstreamProtocol.H2C, 1));
    }

    /** The HTTP front, with a server that speaks HTTP/2. */
    static Handlers h2c(int readBytes, UnaryOperator<UpstreamSettings.Builder> choices) {
        return new Handlers(
                readBytes,
                Front.HTTP1,
                ModelSettings.HTTP,
                choices.apply(ModelSettings.SERVERS.toBuilder()).build(),
                ModelSettings.app(UpstreamProtocol.H2C, 1));
    }

    /**
     * The HTTP front.
     *
     * @param tls in front of the server; null for none
     */
    static Handlers of(int readBytes, UpstreamConfig server, @Nullable SessionModel tls) {
        return new Handlers(readBytes, Front.HTTP1, ModelSettings.HTTP, ModelSettings.SERVERS, server, name -> tls);
    }

    private Handlers(int readBytes, Front kind, HttpSettings http, UpstreamSettings settings, UpstreamConfig servers) {
        this(readBytes, kind, http, settings, servers, name -> null);
    }

    private Handlers(
            int readBytes,
            Front kind,
            HttpSettings http,
            UpstreamSettings settings,
            UpstreamConfig servers,
            Upstreams.Securities security) {
        this.readBytes = readBytes;
        this.settings = settings;
        protocols = Fronts.protocols(http);
        upstreams =
                new Upstreams(Map.of("app", servers), protocols, settings, name -> counts.next(), security, this::open);
        routes = new Router(Routes.ALL, upstreams::group);
        fronts = new Fronts(upstreams, () -> routes, budget, logged, entries);
        front = kind == Front.TCP ? fronts.tcp() : fronts.http(http, kind);
    }

    private ChannelFuture open(
            EventLoop on, SocketAddress to, ByteBufAllocator alloc, int timeoutMs, ChannelHandler handler) {
        WireChannel channel = new WireChannel(false, readBytes);
        channel.config().setAllocator(alloc);
        channel.config().setAutoClose(false);
        channel.pipeline().addLast(handler);
        channel.unsafe().register(loop, channel.newPromise());
        channels.add(channel);
        offered.add(channel);
        ChannelFuture connected = channel.connect(to);
        loop.schedule(
                () -> {
                    offered.remove(channel);
                    channel.connected(new ConnectTimeoutException("timeout"));
                },
                timeoutMs,
                TimeUnit.MILLISECONDS);
        return connected;
    }

    @Override
    public Peer connect() {
        return connect(front);
    }

    /** A client of another listener, which leads to the same server in tcp mode. */
    Peer connectTcp() {
        return connect(fronts.tcp());
    }

    private Peer connect(Consumer<ChannelPipeline> to) {
        WireChannel channel = new WireChannel(true, readBytes);
        channel.config().setAllocator(allocator);
        channel.attr(Connection.KEY).set(new Connection(++clients, "test", ADDRESS, ADDRESS));
        to.accept(channel.pipeline());
        channels.add(channel);
        channel.unsafe().register(loop, channel.newPromise());
        return channel.far();
    }

    @Override
    public int offered() {
        offered.removeIf(channel -> !channel.isConnecting());
        return offered.size();
    }

    @Override
    public Peer accept() {
        WireChannel channel = offered.removeFirst();
        channel.connected(null);
        return channel.far();
    }

    @Override
    public void refuse() {
        offered.removeFirst().connected(new ConnectException("refused"));
    }

    @Override
    public void turn() {
        step();
    }

    private boolean step() {
        boolean did = false;
        for (int i = 0; i < channels.size(); i++) {
            did |= channels.get(i).poll();
        }
        clock.nowNs++;
        did |= loop.runNow() > 0;
        channels.removeIf(channel -> !channel.isOpen());
        return did;
    }

    /** Whether either of two steps did anything. */
    private boolean stepTwice() {
        boolean first = step();
        return step() || first;
    }

    @Override
    public void settle() {
        for (int turns = 0; stepTwice(); turns++) {
            if (turns > MAX_TURNS) {
                throw new AssertionError("the proxy does not come to rest");
            }
        }
    }

    @Override
    public void advance(Duration time) {
        settle();
        long endNs = clock.nowNs + time.toNanos();
        while (clock.nowNs < endNs) {
            clock.nowNs = Math.min(endNs, clock.nowNs + TimeUnit.MILLISECONDS.toNanos(500));
            settle();
        }
    }

    long nowNs() {
        return clock.nowNs;
    }

    @Override
    public long heldBytes() {
        return allocator.used();
    }

    @Override
    public long unflushedBytes() {
        return channels.stream().mapToLong(WireChannel::unflushedBytes).sum();
    }

    @Override
    public List<String> logged() {
        return logged;
    }

    /** Exchanges of the HTTP front that are over. */
    List<AccessEntry> entries() {
        return entries;
    }

    /** Asks all connections to give up work of little use. */
    void shed() {
        List.copyOf(channels).forEach(channel -> channel.pipeline().fireUserEventTriggered(ShedEvent.INSTANCE));
        settle();
    }

    /** What was given up so far. */
    List<Shed> sheds() {
        return sheds;
    }

    @Override
    public boolean isQuiet() {
        return channels.stream().noneMatch(WireChannel::isOpen);
    }

    @Override
    public void close() {
        for (WireChannel channel : List.copyOf(channels)) {
            channel.close();
        }
        settle();
        upstreams.close();
        settle();
    }

    /** Lets all connections to servers fail. */
    void failServers(Throwable cause) {
        channels.stream()
                .filter(channel -> channel.attr(Connection.KEY).get() == null)
                .toList()
                .forEach(channel -> channel.pipeline().fireExceptionCaught(cause));
        settle();
    }

    /**
     * Reloads the configuration, with another upstream for requests from now on.
     *
     * @param tls null for connections in the clear
     */
    void reload(UpstreamConfig app, UpstreamSettings bounds, @Nullable SessionModel tls) {
        Upstreams before = upstreams;
        settings = bounds;
        upstreams = before.next(Map.of("app", app), protocols, bounds, name -> counts.next(), name -> tls);
        upstreams.replace(before, clock.nowNs);
        routes = new Router(Routes.ALL, upstreams::group);
    }

    /** Bounds of connections, in the current configuration. */
    UpstreamSettings settings() {
        return settings;
    }

    /** As behind a reload of the configuration. */
    void retire() {
        upstreams.retire();
        settle();
    }

    /** Servers are chosen by these numbers from now on. */
    void choose(RandomGenerator random) {
        upstreams.on(loop).choose(random);
    }

    /** All servers. */
    UpstreamGroup group() {
        return upstreams.groups().iterator().next();
    }

    /** The first of the servers. */
    UpstreamServer server() {
        return group().servers().getFirst();
    }

    /** Heap that requests hold, as the memory budget counts it. */
    long budgetedBytes() {
        return budget.heldBytes();
    }

    /** Faults of all servers. */
    long faults() {
        return group().servers().stream()
                .mapToLong(each -> each.requests().faults())
                .sum();
    }

    /** Begins to check the servers. */
    HealthChecks check() {
        return HealthChecks.start(upstreams, () -> loop);
    }

    /** What the upstream has told. */
    Counts counts() {
        return counts;
    }
}
