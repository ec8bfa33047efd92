package io.offramp.proxy.upstream.pool;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.channel.TurnFlush;
import io.offramp.proxy.upstream.PoolKey;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.UpstreamStream;
import io.offramp.proxy.upstream.balance.Balancer;
import io.offramp.proxy.upstream.transport.ConnectRace;
import io.offramp.proxy.upstream.transport.Transport;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Connections of one event loop to servers, and the choice among those of each group. Leases streams on existing
 * connections, and opens new ones. Confined to that loop.
 */
public final class UpstreamLoop {
    private static final long IDLE_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);

    private final EventLoop loop;
    private final Supplier<Means> means;
    private final TurnFlush turn;
    private final Map<PoolKey, ServerPool> pools = new IdentityHashMap<>();
    private final Map<UpstreamGroup, Balancer> balancers = new IdentityHashMap<>();
    private RandomGenerator random =
            new SplittableRandom(ThreadLocalRandom.current().nextLong());
    private boolean sweeping;
    private boolean closed;

    /** @param means of new connections; asked again and again, because a reload changes them */
    UpstreamLoop(EventLoop loop, Supplier<Means> means) {
        this.loop = loop;
        this.means = means;
        turn = new TurnFlush(loop);
    }

    /** Flushes at the end of each turn of this event loop. */
    public TurnFlush turnFlush() {
        return turn;
    }

    /** Chance on this event loop: of balancers, and of pauses that clients should not end together. */
    public RandomGenerator random() {
        return random;
    }

    /** Other numbers in the place of chance, for what begins from now on: the same ones lead to the same choices. */
    public void choose(RandomGenerator numbers) {
        random = numbers;
    }

    /** The event loop's clock. */
    public Ticker clock() {
        return loop.ticker();
    }

    /** Time on the event loop's clock. */
    public long nowNs() {
        return loop.ticker().nanoTime();
    }

    /**
     * A server that takes a request; null if there is none.
     *
     * @param key of the request, for policies that heed it
     * @param tried bits of those that failed this request
     */
    public @Nullable UpstreamServer next(UpstreamGroup group, long key, long tried) {
        if (group.size() == 1) {
            return group.alone(tried);
        }
        Balancer balancer = balancers.get(group);
        if (balancer == null) {
            balancer = group.balancer(random);
            if (!group.isRetired()) { // a late request must leave nothing behind
                balancers.put(group, balancer);
            }
        }
        int next = balancer.next(key, tried, nowNs());
        return next < 0 ? null : group.servers().get(next);
    }

    /** A stream on an existing connection with room; null if there is none. */
    public @Nullable UpstreamStream lease(UpstreamServer server, UpstreamListener listener) {
        return pool(server).lease(listener, nowNs());
    }

    /**
     * A stream on a new connection, or on one that comes free meanwhile.
     *
     * @param allocator for reads
     * @param listener of the stream
     */
    public Lease open(
            UpstreamGroup group,
            UpstreamServer server,
            ByteBufAllocator allocator,
            UpstreamListener listener,
            LeaseListener lease) {
        return pool(server) instanceof SharedPool shared
                ? new SharedLease(shared, server, allocator, listener, lease)
                : openTransport(group, server, allocator, new ExclusiveLease(this, server, listener, lease));
    }

    /**
     * A stream on a new connection that carries nothing else, and closes behind it.
     *
     * @param serverName of the server in TLS
     * @param allocator for reads
     * @param listener of the stream
     */
    public Lease openOwn(
            UpstreamServer server,
            String serverName,
            ByteBufAllocator allocator,
            UpstreamListener listener,
            LeaseListener lease) {
        return new OwnLease(this, server, serverName, allocator, listener, lease);
    }

    /** A new connection for bytes. It counts like all others, and belongs to the caller alone. */
    public Opening openTransport(
            UpstreamGroup group, UpstreamServer server, ByteBufAllocator allocator, Opening.Result result) {
        return new Opening(this, group, server, allocator, result);
    }

    ServerPool pool(UpstreamServer server) {
        ServerPool pool = pools.get(server.poolKey());
        if (pool == null) {
            Protocol protocol = protocol(server);
            pool = protocol.isShared()
                    ? new SharedPool(this, server, protocol)
                    : new ExclusivePool(loop, server, settings());
            pools.put(server.poolKey(), pool);
        }
        pool.become(server);
        return pool;
    }

    Protocol protocol(UpstreamServer server) {
        return means.get().protocols().of(server.group().protocol());
    }

    /** The event loop. */
    public EventLoop eventLoop() {
        return loop;
    }

    /** Bounds of connections. */
    public UpstreamSettings settings() {
        return means.get().settings();
    }

    /** Connects to the first address that accepts. */
    ConnectRace race(
            UpstreamServer server, ByteBufAllocator allocator, Transport transport, ConnectRace.Result result) {
        Means now = means.get();
        int timeoutMs = (int) server.group().connectTimeout(now.settings()).toMillis();
        return new ConnectRace(now.connector(), loop, server.addresses(), allocator, timeoutMs, transport, result);
    }

    /**
     * End of the idle time of a connection that becomes idle now.
     *
     * @param limitNs the server's own limit
     */
    public long idleEndNs(long limitNs) {
        return nowNs() + Math.min(idleLimitNs(), limitNs);
    }

    private long idleLimitNs() {
        return Math.min(IDLE_LIMIT_NS, settings().idleTimeout().toNanos());
    }

    /** A connection has room for a request again, or has no lease any more. */
    public void onRoom(PooledConnection connection) {
        if (isOver(connection.server())) {
            connection.retire();
        } else {
            pool(connection.server()).onRoom(connection);
        }
        beginToSweep();
    }

    private void beginToSweep() {
        if (!sweeping && !closed) {
            sweeping = true;
            loop.schedule(this::sweep, idleLimitNs(), TimeUnit.NANOSECONDS);
        }
    }

    /** Whether connections to a server end with their leases. */
    private boolean isOver(UpstreamServer server) {
        return closed || server.poolKey().isRetired();
    }

    /**
     * Runs a task once a poll of the event loop has brought nothing more for the caller's channel. A task runs behind
     * the events of this turn, and what it schedules behind those of the next.
     */
    public void behindNextPoll(Runnable task) {
        loop.execute(() -> loop.schedule(task, 1, TimeUnit.NANOSECONDS));
    }

    /** A connection gives no more leases. */
    public void onClosed(PooledConnection connection) {
        pool(connection.server()).forget(connection);
    }

    /** Whether requests have another connection of its kind, or may have one, when it gives no more leases. */
    public boolean isReplaceable(PooledConnection connection) {
        return pool(connection.server()) instanceof SharedPool shared && shared.isReplaceable(connection);
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
            loop.schedule(this::sweep, idleLimitNs() / 2, TimeUnit.NANOSECONDS);
        }
    }

    /** Forgets a group that new requests do not use, and closes the idle connections that no other group uses. */
    void retire(UpstreamGroup group) {
        balancers.remove(group);
        for (UpstreamServer server : group.servers()) {
            ServerPool pool = pools.get(server.poolKey());
            if (pool != null && server.poolKey().isRetired()) {
                pool.close();
                beginToSweep();
            }
        }
    }

    /** Number of groups whose turns are remembered. */
    int balancers() {
        return balancers.size();
    }

    /** Whether connections to all servers end with their leases. */
    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
        pools.values().forEach(ServerPool::close);
    }
}
