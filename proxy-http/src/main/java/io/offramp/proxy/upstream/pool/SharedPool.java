package io.offramp.proxy.upstream.pool;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ConnectTimeoutException;
import io.offramp.proxy.upstream.RequestQueue;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.UpstreamStream;
import io.offramp.proxy.upstream.transport.Transport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections with many leases at a time: one, and more when its streams run out. Requests wait for a connection that
 * is about to open, and are served in their order. Confined to the event loop.
 */
final class SharedPool extends ServerPool {
    /** Between attempts to replace a connection that still serves. */
    private static final long REPLACE_NS = TimeUnit.SECONDS.toNanos(1);

    private final UpstreamLoop loop;
    private final Protocol protocol;
    private final UpstreamSettings settings;
    /** Those that give leases, oldest first, so that later ones fall idle. */
    private final List<PooledConnection> connections = new ArrayList<>(2);

    private final ArrayDeque<SharedLease> requests = new ArrayDeque<>();
    private ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
    private UpstreamServer server;
    private int opening;
    /** Whether the last attempt to open one failed; then there is one attempt at a time. */
    private boolean failing;
    /** Leases that a new connection will probably give: as many as the last one. */
    private int expectedRoom;

    private long replaceNs;

    SharedPool(UpstreamLoop loop, UpstreamServer server, Protocol protocol) {
        super(loop.eventLoop(), server, loop.settings());
        this.server = server;
        this.loop = loop;
        this.protocol = protocol;
        settings = loop.settings();
        expectedRoom = settings.streams();
        replaceNs = loop.nowNs();
    }

    @Override
    void become(UpstreamServer now) {
        if (now.follows(server)) {
            server = now;
        }
    }

    @Override
    @Nullable
    UpstreamStream lease(UpstreamListener listener, long nowNs) {
        PooledConnection connection = next(nowNs);
        return connection == null ? null : connection.lease(listener);
    }

    /** The oldest connection with room. Those that are over make their place free. */
    private @Nullable PooledConnection next(long nowNs) {
        for (int i = 0; i < connections.size(); i++) {
            PooledConnection connection = connections.get(i);
            if (nowNs >= connection.idleEndNs() || !connection.isCurrent()) {
                connections.remove(i--);
                connection.retire();
            } else if (connection.room() > 0) {
                if (connection.isDue(nowNs)) {
                    replace(nowNs);
                }
                return connection;
            }
        }
        return null;
    }

    /** Gives it a stream now, or when a connection has room; opens one if those under way are not enough. */
    void request(SharedLease request) {
        PooledConnection connection = next(loop.nowNs());
        if (connection != null) {
            request.take(connection, true);
            return;
        }
        long beyond = requests.size() - (long) opening * expectedRoom;
        boolean queued = isFull() && beyond >= 0; // else a connection that is about to open has room for it
        if (queued && !enterQueue(beyond)) {
            request.onFailed(busy(RequestQueue.Refused.FULL));
            return;
        }
        allocator = request.allocator();
        requests.addLast(request);
        if (queued) {
            request.waitInQueue(loop.eventLoop(), waitNs(), queue());
        } else {
            request.waitAtMost(
                    loop.eventLoop(), server.group().connectTimeout(settings).toNanos());
        }
        grow();
    }

    /** It waits no more. */
    void forgetWaiting(SharedLease request) {
        requests.remove(request);
    }

    /** The fault of a wait that is too long. */
    Throwable tooLate() {
        return opening > 0 ? new ConnectTimeoutException("timeout") : busy(RequestQueue.Refused.LATE);
    }

    private void grow() {
        while (requests.size() > (long) opening * expectedRoom && !isFull() && !(failing && opening > 0)) {
            openOne();
        }
    }

    /** Opens another in the place of one that still serves, but not for long. */
    private void replace(long nowNs) {
        if (opening == 0 && nowNs - replaceNs >= 0 && !isFull()) {
            replaceNs = nowNs + REPLACE_NS;
            openOne();
        }
    }

    private void openOne() {
        opening++;
        loop.openTransport(server.group(), server, allocator, new Newcomer()).start();
    }

    @Override
    void onPlace() {
        grow();
    }

    @Override
    void retireFree() {
        for (PooledConnection each : connections) {
            if (isIdle(each)) {
                connections.remove(each);
                each.retire();
                return;
            }
        }
    }

    private static boolean isIdle(PooledConnection connection) {
        return connection.idleEndNs() != Long.MAX_VALUE;
    }

    @Override
    void onRoom(PooledConnection connection) {
        if (!connection.isCurrent()) {
            connections.remove(connection);
            connection.retire();
            grow();
            return;
        }
        serve(connection, true);
        if (isIdle(connection) && (isAwaited() || idle() > settings.idleConnections())) {
            connections.remove(connection);
            connection.retire();
        }
    }

    private void serve(PooledConnection connection, boolean used) {
        while (connection.room() > 0 && !requests.isEmpty()) {
            requests.removeFirst().take(connection, used);
        }
    }

    private long idle() {
        return connections.stream().filter(SharedPool::isIdle).count();
    }

    @Override
    void forget(PooledConnection connection) {
        if (connections.remove(connection)) { // requests may have waited for its streams
            grow();
        }
    }

    /** Whether another gives leases, or may be opened. */
    boolean isReplaceable(PooledConnection connection) {
        return !isFull() || connections.stream().anyMatch(each -> each != connection);
    }

    @Override
    boolean sweep(long nowNs) {
        for (PooledConnection each : List.copyOf(connections)) {
            if (nowNs >= each.idleEndNs()) {
                connections.remove(each);
                each.retire();
            }
        }
        return !connections.isEmpty();
    }

    @Override
    boolean isUnused() {
        return super.isUnused() && requests.isEmpty();
    }

    @Override
    void close() {
        List<PooledConnection> all = List.copyOf(connections);
        connections.clear();
        all.forEach(PooledConnection::retire);
        if (!loop.isClosed()) {
            grow();
        }
    }

    /** A connection that is about to open. */
    private final class Newcomer implements Opening.Result, Protocol.Result {
        @Override
        public void onConnected(Transport transport) {
            protocol.over(transport, server, loop, this);
        }

        @Override
        public List<String> protocols() {
            return protocol.alpn();
        }

        @Override
        public void onOpened(PooledConnection connection) {
            if (connection.room() == 0) {
                onConnectFailed(server, busy(RequestQueue.Refused.FULL));
                connection.retire();
                return;
            }
            opening--;
            failing = false;
            if (!connection.isCurrent()) { // outdated meanwhile
                connection.retire();
                grow();
                return;
            }
            expectedRoom = connection.room();
            for (PooledConnection each : List.copyOf(connections)) {
                if (each.isDue(loop.nowNs())) {
                    connections.remove(each);
                    each.retire();
                }
            }
            connections.add(connection);
            serve(connection, false);
            grow();
            loop.onRoom(connection);
        }

        @Override
        public void onFailed(Throwable cause) {
            server.onFailed(cause, loop.nowNs());
            server.group().events().onConnectFailed();
            onConnectFailed(server, cause);
        }

        /**
         * Requests go on waiting for a connection that serves or is under way. Without any they fail: another
         * connection for them would likely fail in the same way, and then another.
         */
        @Override
        public void onConnectFailed(UpstreamServer failed, Throwable cause) {
            opening--;
            failing = true;
            if (opening == 0 && connections.isEmpty()) {
                for (int left = requests.size(); left > 0 && !requests.isEmpty(); left--) {
                    requests.removeFirst().onFailed(cause);
                }
            }
        }
    }
}
