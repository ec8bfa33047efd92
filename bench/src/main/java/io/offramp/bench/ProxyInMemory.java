package io.offramp.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.ExchangeListener;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.http1.HttpFront;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP front and its upstream connections between two channels without sockets, which carry one kind of request
 * again and again. Enters the proxy only by its front, its settings and its connector. One thread.
 */
final class ProxyInMemory implements AutoCloseable {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 1);
    private static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    /** More than any message has. The proxy sees by a buffer with room left that the socket is empty. */
    private static final int READ_BYTES = 32 << 10;

    private final RequestKind kind;
    private final ClientWire wire;
    private final ByteBuf request;
    private final ByteBuf answer;
    private final ByteBuf atServer = ALLOCATOR.directBuffer(READ_BYTES);
    private final ByteBuf atClient = ALLOCATOR.directBuffer(READ_BYTES);
    private final EmbeddedChannel client = new EmbeddedChannel();
    private final Upstreams upstreams;
    private final int questions;
    private final int answerBytes;
    private @Nullable EmbeddedChannel server;

    /**
     * Carries the request once, and checks what the server and the client get.
     *
     * @param wire closed with this
     * @param log null for none
     */
    ProxyInMemory(RequestKind kind, ClientWire wire, @Nullable ExchangeListener log) {
        this(kind, wire, log, upstreams -> List.of(new RouteConfig(null, "/", "app")), 0);
    }

    /**
     * The same with routes to the upstream {@code app}.
     *
     * @param questions that a rule asks this upstream in front of each request
     */
    ProxyInMemory(
            RequestKind kind,
            ClientWire wire,
            @Nullable ExchangeListener log,
            Function<Upstreams, List<RouteConfig>> routes,
            int questions) {
        this.kind = kind;
        this.questions = questions;
        this.wire = wire;
        request = ALLOCATOR.directBuffer(READ_BYTES).writeBytes(kind.request());
        answer = ALLOCATOR.directBuffer(READ_BYTES).writeBytes(kind.answer());
        upstreams = new Upstreams(
                Map.of("app", new UpstreamConfig("app", List.of(new HostPort("127.0.0.1", 8080)))),
                spoken -> new Http1Protocol(HeadLimits.DEFAULTS),
                UpstreamSettings.DEFAULTS,
                name -> UpstreamEvents.NONE,
                this::connect);
        HttpFrontSettings settings = HttpFrontSettings.builder(routes.apply(upstreams), upstreams)
                .accessLog(log)
                .build();
        Connection connection = new Connection(1, "bench", ADDRESS, ADDRESS);
        client.config().setAllocator(ALLOCATOR);
        client.attr(Connection.KEY).set(connection);
        client.pipeline().addLast(new ServerReads());
        wire.install(client, connection, pipeline -> HttpFront.install(pipeline, settings));
        answerBytes = carryChecked();
    }

    private ChannelFuture connect(
            EventLoop loop, SocketAddress to, ByteBufAllocator allocator, int timeoutMs, ChannelHandler handler) {
        if (server != null) {
            throw new IllegalStateException("the connection to the server was not kept");
        }
        EmbeddedChannel channel = new EmbeddedChannel(handler);
        channel.config().setAllocator(allocator);
        server = channel;
        return channel.newSucceededFuture();
    }

    private int carryChecked() {
        carryOne();
        kind.checkRequest(ByteBufUtil.getBytes(atServer));
        int bytes = atClient.readableBytes();
        kind.checkAnswer(wire.received(atClient));
        return bytes;
    }

    /**
     * Carries one request and its answer.
     *
     * @return bytes that the client got
     * @throws IllegalStateException if the client got more or fewer bytes than at first
     */
    int carry() {
        carryOne();
        int bytes = atClient.readableBytes();
        if (bytes != answerBytes) {
            throw new IllegalStateException("the client got " + bytes + " bytes, not " + answerBytes);
        }
        return bytes;
    }

    private void carryOne() {
        ByteBuf sent = ALLOCATOR.directBuffer(READ_BYTES);
        wire.send(request, sent);
        arrive(client, sent);
        for (int asked = 0; asked < questions; asked++) {
            leave(Objects.requireNonNull(server, "no connection to the server"), atServer);
            answer();
        }
        leave(Objects.requireNonNull(server, "no connection to the server"), atServer);
        answer();
        leave(client, atClient);
    }

    private void answer() {
        client.writeOneInbound(ServerReads.ANSWER);
        client.checkException();
    }

    /**
     * Passes the server's answer to the server's channel from within a read of the client's channel. The proxy has both
     * on the client's event loop. An embedded channel runs its loop's tasks behind each write, except within its own
     * reads: without this, half an answer would be flushed.
     */
    private final class ServerReads extends ChannelInboundHandlerAdapter {
        private static final Object ANSWER = new Object();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            EmbeddedChannel from = server;
            if (message == ANSWER && from != null) {
                arrive(from, ALLOCATOR.directBuffer(READ_BYTES).writeBytes(answer, 0, answer.readableBytes()));
            } else {
                context.fireChannelRead(message);
            }
        }
    }

    private static void arrive(EmbeddedChannel channel, ByteBuf bytes) {
        channel.writeOneInbound(bytes);
        channel.flushInbound();
    }

    /** Copies what was sent, as a kernel would. */
    private static void leave(EmbeddedChannel channel, ByteBuf into) {
        into.clear();
        for (ByteBuf part; (part = channel.readOutbound()) != null; part.release()) {
            into.writeBytes(part);
        }
    }

    @Override
    public void close() {
        client.finishAndReleaseAll();
        upstreams.close();
        client.runPendingTasks();
        if (server != null) {
            server.finishAndReleaseAll();
        }
        wire.close();
        request.release();
        answer.release();
        atServer.release();
        atClient.release();
    }
}
