package io.offramp.proxy.upstream;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.offramp.proxy.budget.LimitConfig;
import io.offramp.proxy.channel.TimeoutConfig;
import io.offramp.proxy.channel.TurnFlush;
import io.offramp.proxy.http.codec.MessageReader;
import java.net.InetSocketAddress;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Upstream connections of one event loop, by server, and the next server in turn of each group. Confined to that loop.
 */
public final class UpstreamLoop {
    private static final long IDLE_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);

    private final EventLoop loop;
    private final LimitConfig limits;
    private final Connector connector;
    private final TurnFlush turn;
    private final Map<UpstreamServer, ServerPool> pools = new IdentityHashMap<>();
    private final Map<UpstreamGroup, Turn> turns = new IdentityHashMap<>();
    private final long idleLimitNs;
    private final int connectTimeoutMs;
    private boolean sweeping;
    private boolean closed;

    /** Where the search for a group's next server starts; loops begin apart from each other. */
    private static final class Turn {
        int next = ThreadLocalRandom.current().nextInt(1 << 16);
    }

    UpstreamLoop(EventLoop loop, TimeoutConfig timeouts, LimitConfig limits, Connector connector) {
        this.loop = loop;
        this.limits = limits;
        this.connector = connector;
        turn = new TurnFlush(loop);
        connectTimeoutMs = (int) timeouts.upstreamConnect().toMillis();
        idleLimitNs = Math.min(IDLE_LIMIT_NS, timeouts.idle().toNanos());
    }

    /** What flushes at the end of each turn of this event loop. */
    public TurnFlush turnFlush() {
        return turn;
    }

    long nowNs() {
        return loop.ticker().nanoTime();
    }

    /**
     * The next server in turn that is worth trying; null if there is none. {@code tried}: bits of those that failed
     * this request.
     */
    public @Nullable UpstreamServer next(UpstreamGroup group, long tried) {
        if (group.size() == 1) {
            return group.next(0, tried, 0);
        }
        Turn from = turns.computeIfAbsent(group, g -> new Turn());
        return group.next(from.next++, tried, nowNs());
    }

    /** An idle connection to a server, which is the caller's now; null if there is none. */
    public @Nullable UpstreamConnection takeIdle(UpstreamServer server) {
        return pool(server).take(nowNs());
    }

    ServerPool pool(UpstreamServer server) {
        ServerPool pool = pools.get(server);
        if (pool == null) {
            pool = new ServerPool(
                    loop,
                    limits.upstreamIdlePerLoop(),
                    limits.upstreamConnections(),
                    limits.upstreamQueue(),
                    connectTimeoutMs);
            pools.put(server, pool);
        }
        return pool;
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

    /** Connects to the first address that accepts; the connection hears of it. */
    ConnectRace race(UpstreamConnection connection) {
        long startNs = nowNs();
        UpstreamServer server = connection.server();
        return new ConnectRace(
                connector,
                loop,
                server.addresses(),
                connection.allocator(),
                connectTimeoutMs,
                connection,
                new ConnectRace.Result() {
                    @Override
                    public void onConnected(Channel channel, InetSocketAddress address) {
                        channel.closeFuture().addListener(gone -> pool(server).onGone());
                        server.onConnected(address);
                        connection.group().events().onConnected(nowNs() - startNs);
                        connection.onConnected();
                    }

                    @Override
                    public void onFailed(Throwable cause) {
                        pool(server).onGone();
                        onConnectFailed(connection, cause);
                    }
                });
    }

    private void onConnectFailed(UpstreamConnection connection, Throwable cause) {
        connection.server().onFailed(nowNs());
        connection.group().events().onConnectFailed();
        connection.onConnectFailed(cause);
    }

    /** When a connection that becomes idle now has been so for too long. */
    long idleEndNs(long limitNs) {
        return nowNs() + Math.min(idleLimitNs, limitNs);
    }

    /** Takes back a connection that can carry another request. */
    void keep(UpstreamConnection connection) {
        if (closed) {
            connection.abort();
            return;
        }
        pool(connection.server()).keep(connection);
        if (!sweeping) {
            sweeping = true;
            loop.schedule(this::sweep, idleLimitNs, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Takes a connection back once a poll of the event loop has brought nothing more from it. A task runs behind the
     * events of this turn, and what it schedules behind those of the next.
     */
    void keepBehindNextPoll(UpstreamConnection connection) {
        loop.execute(() -> loop.schedule(connection::keepIfIdle, 1, TimeUnit.NANOSECONDS));
    }

    /** The server closed an idle connection. */
    void forget(UpstreamConnection connection) {
        pool(connection.server()).forget(connection);
    }

    private void sweep() {
        long nowNs = nowNs();
        boolean left = false;
        for (ServerPool pool : pools.values()) {
            left |= pool.sweep(nowNs);
        }
        pools.values().removeIf(ServerPool::isUnused);
        sweeping = left;
        if (left) {
            loop.schedule(this::sweep, idleLimitNs / 2, TimeUnit.NANOSECONDS);
        }
    }

    /** Closes idle connections of a group that new requests do not use. Those in use close after their idle time. */
    void retire(UpstreamGroup group) {
        turns.remove(group);
        for (UpstreamServer server : group.servers()) {
            ServerPool pool = pools.get(server);
            if (pool != null) {
                pool.close();
            }
        }
    }

    void close() {
        closed = true;
        pools.values().forEach(ServerPool::close);
    }
}
