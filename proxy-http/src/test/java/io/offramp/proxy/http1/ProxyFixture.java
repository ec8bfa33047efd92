package io.offramp.proxy.http1;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.offramp.proxy.channel.HalfClosedEpoll;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.http2.server.Http2Protocol;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamProtocol;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.ByAlpn;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A proxy without TLS on a loopback port: one event loop, everything it logs and counts kept. */
public final class ProxyFixture implements AutoCloseable {
    private final EventLoopGroup group;
    private final Channel server;
    private final Upstreams upstreams;
    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    /** One arena of small chunks and no caches, so that its metrics tell what is in use. */
    private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true, 0, 1, 8192, 4, 0, 0, false);

    private final List<AccessEntry> log = new CopyOnWriteArrayList<>();
    private final Counts counts = new Counts();

    /** What was counted. */
    public static final class Counts implements UpstreamEvents {
        final AtomicInteger connected = new AtomicInteger();
        final AtomicInteger connectFailed = new AtomicInteger();
        final AtomicInteger retried = new AtomicInteger();
        final AtomicInteger poolHits = new AtomicInteger();

        /** Connections to servers so far. */
        public int connections() {
            return connected.get();
        }

        @Override
        public void onConnected(long durationNs) {
            connected.incrementAndGet();
        }

        @Override
        public void onConnectFailed() {
            connectFailed.incrementAndGet();
        }

        @Override
        public void onRetried() {
            retried.incrementAndGet();
        }

        @Override
        public void onPoolHit() {
            poolHits.incrementAndGet();
        }
    }

    /** Adds the handlers under test. */
    public interface Front {
        /** On a fresh client channel. */
        void install(Channel client, ProxyFixture fixture);
    }

    /** What a test may change. */
    public static final class Settings {
        List<RouteConfig> routes = List.of(new RouteConfig(null, "/", "app"));
        Map<String, UpstreamConfig> upstreams = Map.of();
        HttpSettings http = HttpSettings.DEFAULTS;
        UpstreamSettings servers = UpstreamSettings.DEFAULTS;
        boolean nio;

        /** All to these servers. */
        public Settings to(ServerAddress... these) {
            return to(UpstreamProtocol.HTTP1, these);
        }

        /** All to these servers, which speak this. */
        public Settings to(UpstreamProtocol spoken, ServerAddress... these) {
            upstreams = Map.of("app", new UpstreamConfig("app", spoken, List.of(these)));
            return this;
        }

        /** The same with other times; that of answers is also that of their pauses. */
        Settings timeouts(Duration head, Duration idle, Duration body, Duration answer) {
            http = HttpSettings.builder()
                    .headTimeout(head)
                    .idleTimeout(idle)
                    .tunnelTimeout(idle)
                    .bodyTimeout(body)
                    .answerTimeout(answer)
                    .pauseTimeout(answer)
                    .build();
            servers = UpstreamSettings.builder().idleTimeout(idle).build();
            return this;
        }
    }

    /** A proxy of these servers. */
    public static ProxyFixture of(UpstreamConfig servers) {
        Settings settings = new Settings();
        settings.upstreams = Map.of("app", servers);
        return new ProxyFixture(settings);
    }

    /** The same for many requests: it keeps no log. */
    static ProxyFixture quiet(UpstreamConfig servers) {
        Settings settings = new Settings();
        settings.upstreams = Map.of("app", servers);
        return new ProxyFixture(
                settings,
                (client, fixture) -> HttpFront.install(
                        client.pipeline(),
                        HttpFrontSettings.builder(settings.routes, fixture.upstreams)
                                .build()));
    }

    public ProxyFixture(Settings settings) {
        this(
                settings,
                (client, fixture) -> HttpFront.install(
                        client.pipeline(),
                        HttpFrontSettings.builder(settings.routes, fixture.upstreams)
                                .http(settings.http)
                                .accessLog(fixture.log::add)
                                .build()));
    }

    public ProxyFixture(Settings settings, Front front) {
        upstreams = new Upstreams(
                settings.upstreams,
                spoken -> switch (spoken) {
                    case HTTP1 -> new Http1Protocol(settings.http.heads());
                    case H2C, H2 -> new Http2Protocol(settings.http.heads());
                    case AUTO ->
                        new ByAlpn(new Http2Protocol(settings.http.heads()), new Http1Protocol(settings.http.heads()));
                },
                settings.servers,
                name -> counts);
        boolean epoll = !settings.nio && Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends ServerSocketChannel> type =
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        group = new MultiThreadIoEventLoopGroup(1, io);
        AtomicLong ids = new AtomicLong();
        server = new ServerBootstrap()
                .group(group)
                .channel(type)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel client) {
                        clients.add(client);
                        HalfClosedEpoll.allow(client);
                        client.attr(Connection.KEY)
                                .set(new Connection(
                                        ids.incrementAndGet(),
                                        "test",
                                        (InetSocketAddress) client.localAddress(),
                                        (InetSocketAddress) client.remoteAddress()));
                        front.install(client, ProxyFixture.this);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    public Upstreams upstreams() {
        return upstreams;
    }

    /** The only one. */
    public EventLoop loop() {
        return group.next();
    }

    public List<AccessEntry> log() {
        return log;
    }

    public Counts counts() {
        return counts;
    }

    public PooledByteBufAllocator allocator() {
        return allocator;
    }

    /** Client channels that are open. */
    public ChannelGroup clients() {
        return clients;
    }

    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    public Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** One request on a connection of its own; the answer with its body. */
    public Wire.Answer ask(String request) throws IOException {
        try (Socket socket = connect()) {
            return ask(socket, request);
        }
    }

    static Wire.Answer ask(Socket socket, String request) throws IOException {
        send(socket, request);
        return Wire.readAnswer(socket.getInputStream());
    }

    /** A port that nobody listens at. */
    static HostPort closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new HostPort("127.0.0.1", socket.getLocalPort());
        }
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        clients.close().awaitUninterruptibly();
        upstreams.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
