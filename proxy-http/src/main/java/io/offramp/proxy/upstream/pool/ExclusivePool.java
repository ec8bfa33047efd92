package io.offramp.proxy.upstream.pool;

import io.netty.channel.EventLoop;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.UpstreamStream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Connections with one lease at a time. A request that finds none free opens one for itself; the free ones are used
 * again, the last one first. Confined to the event loop.
 */
final class ExclusivePool extends ServerPool {
    private final int mostFree;
    private final ArrayDeque<PooledConnection> free = new ArrayDeque<>();

    ExclusivePool(EventLoop loop, UpstreamServer server, UpstreamSettings settings) {
        super(loop, server, settings);
        mostFree = settings.idleConnections();
    }

    @Override
    void onPlace() {}

    @Override
    void retireFree() {
        PooledConnection last = free.pollLast();
        if (last != null) {
            last.retire();
        }
    }

    @Override
    @Nullable
    UpstreamStream lease(UpstreamListener listener, long nowNs) {
        for (PooledConnection last = free.pollFirst(); last != null; last = free.pollFirst()) {
            if (nowNs < last.idleEndNs() && last.isCurrent()) {
                return last.lease(listener);
            }
            last.retire();
        }
        return null;
    }

    @Override
    void onRoom(PooledConnection connection) {
        if (!serve(connection)) {
            connection.retire();
        } else if (connection.room() > 0) {
            keep(connection);
        }
    }

    private void keep(PooledConnection connection) {
        if (free.size() >= mostFree) {
            connection.retire();
        } else {
            free.addFirst(connection);
        }
    }

    @Override
    void forget(PooledConnection connection) {
        free.remove(connection);
    }

    @Override
    boolean sweep(long nowNs) {
        free.removeIf(connection -> {
            boolean over = nowNs >= connection.idleEndNs();
            if (over) {
                connection.retire();
            }
            return over;
        });
        return !free.isEmpty();
    }

    @Override
    void close() {
        while (!free.isEmpty()) {
            free.pollFirst().retire();
        }
    }
}
