package io.offramp.proxy.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.NoopAddressResolverGroup;
import io.offramp.proxy.config.LimitConfig;
import io.offramp.proxy.config.TimeoutConfig;
import io.offramp.proxy.http.codec.MessageReader;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Upstream connections of one event loop: those that are idle, by server, last used first; and the next server in turn
 * of each group. Confined to that loop.
 */
public final class UpstreamLoop {
    private static final int READ_BYTES = 64 << 10;

    private static final long IDLE_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 << 10, 128 << 10);

    private final EventLoop loop;
    private final LimitConfig limits;
    private final Bootstrap bootstrap;
    private final Map<UpstreamServer, ArrayDeque<UpstreamConnection>> idle = new IdentityHashMap<>();
    private final long idleLimitNs;
    private final int[] turns;
    private boolean sweeping;
    private boolean closed;

    UpstreamLoop(EventLoop loop, int groups, TimeoutConfig timeouts, LimitConfig limits) {
        this.loop = loop;
        this.limits = limits;
        idleLimitNs = Math.min(IDLE_LIMIT_NS, timeouts.idle().toNanos());
        turns = ThreadLocalRandom.current().ints(groups, 0, 1 << 16).toArray();
        bootstrap = new Bootstrap()
                .group(loop)
                .channel(socketType(loop))
                .resolver(NoopAddressResolverGroup.INSTANCE)
                .option(ChannelOption.TCP_NODELAY, true)
                // Bounds what a server that has ended its stream can leave in the socket: epoll's FIN makes Netty
                // read all of it, paused or not.
                .option(ChannelOption.SO_RCVBUF, limits.upstreamReceiveBytes())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeouts.upstreamConnect().toMillis())
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(2 << 10, 16 << 10, READ_BYTES));
    }

    private static Class<? extends SocketChannel> socketType(EventLoop loop) {
        boolean epoll = loop instanceof IoEventLoop io && io.isCompatible(EpollIoHandle.class);
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /**
     * The next server in turn that is worth trying; null if there is none. {@code tried}: bits of those that failed
     * this request.
     */
    public @Nullable UpstreamServer next(UpstreamGroup group, long tried) {
        int turn = turns[group.index()]++;
        return group.next(turn, tried, group.size() == 1 ? 0 : System.nanoTime());
    }

    /** An idle connection to a server, which is the caller's now; null if there is none. */
    public @Nullable UpstreamConnection takeIdle(UpstreamServer server) {
        ArrayDeque<UpstreamConnection> stack = idle.get(server);
        return stack == null ? null : stack.pollFirst();
    }

    /**
     * A connection that is not open yet: {@link UpstreamConnection#connect()} opens it and tells the listener how that
     * went.
     *
     * @param allocator for what is read
     */
    public UpstreamConnection prepare(
            UpstreamGroup group, UpstreamServer server, ByteBufAllocator allocator, AnswerListener listener) {
        MessageReader reader = MessageReader.ofAnswers(limits.requestLineBytes(), limits.headBytes());
        UpstreamConnection connection = new UpstreamConnection(this, group, server, allocator, reader);
        connection.reserve(listener);
        return connection;
    }

    void connect(UpstreamConnection connection) {
        long startNs = System.nanoTime();
        ChannelFuture connected = bootstrap
                .clone()
                .option(ChannelOption.ALLOCATOR, connection.allocator())
                .handler(connection)
                .connect(connection.server().address());
        connection.connecting(connected.channel());
        connected.addListener(done -> {
            if (done.isSuccess()) {
                connection.server().onConnected();
                connection.group().events().onConnected(System.nanoTime() - startNs);
                connection.onConnected();
            } else {
                onConnectFailed(connection, done.cause());
            }
        });
    }

    private static void onConnectFailed(UpstreamConnection connection, Throwable cause) {
        if (connection.isAborted()) {
            return;
        }
        connection.server().onFailed(System.nanoTime());
        connection.group().events().onConnectFailed();
        connection.onConnectFailed(cause);
    }

    /** Takes back a connection that can carry another request. */
    void keep(UpstreamConnection connection) {
        ArrayDeque<UpstreamConnection> stack = idle.computeIfAbsent(connection.server(), s -> new ArrayDeque<>());
        if (closed || stack.size() >= limits.upstreamIdlePerLoop()) {
            connection.abort();
            return;
        }
        stack.addFirst(connection);
        if (!sweeping) {
            sweeping = true;
            loop.schedule(this::sweep, idleLimitNs, TimeUnit.NANOSECONDS);
        }
    }

    /** The server closed an idle connection. */
    void forget(UpstreamConnection connection) {
        ArrayDeque<UpstreamConnection> stack = idle.get(connection.server());
        if (stack != null) {
            stack.remove(connection);
        }
    }

    /** Closes what nobody has used for long: the oldest lie at the bottom. */
    private void sweep() {
        long nowNs = System.nanoTime();
        boolean left = false;
        for (ArrayDeque<UpstreamConnection> stack : idle.values()) {
            while (!stack.isEmpty() && nowNs - stack.getLast().idleSinceNs() >= idleLimitNs) {
                stack.pollLast().abort();
            }
            left |= !stack.isEmpty();
        }
        sweeping = left;
        if (left) {
            loop.schedule(this::sweep, idleLimitNs / 2, TimeUnit.NANOSECONDS);
        }
    }

    void close() {
        closed = true;
        idle.values().forEach(stack -> {
            while (!stack.isEmpty()) {
                stack.pollFirst().abort();
            }
        });
    }
}
