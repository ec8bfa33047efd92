package io.offramp.proxy.upstream.pool;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.upstream.RequestQueue;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A request for a lease of a shared connection: of any that has room, or that is about to open. */
final class SharedLease implements Lease, Runnable {
    private final SharedPool pool;
    private final UpstreamServer server;
    private final ByteBufAllocator allocator;
    private final UpstreamListener listener;
    private final LeaseListener result;
    private @Nullable Future<?> timer;
    /** In which it has a place; null for one that waits for a connection that is about to open. */
    private @Nullable RequestQueue queue;

    /** @param allocator for reads of a connection that opens for it */
    SharedLease(
            SharedPool pool,
            UpstreamServer server,
            ByteBufAllocator allocator,
            UpstreamListener listener,
            LeaseListener result) {
        this.pool = pool;
        this.server = server;
        this.allocator = allocator;
        this.listener = listener;
        this.result = result;
    }

    @Override
    public void start() {
        pool.request(this);
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    @Override
    public void cancel() {
        stopWaiting();
        pool.forgetWaiting(this);
    }

    /** It waits for a connection that is about to open. */
    void waitAtMost(EventLoop loop, long limitNs) {
        timer = loop.schedule(this, limitNs, TimeUnit.NANOSECONDS);
        result.onConnecting();
    }

    /** It waits in a queue, where it has a place. */
    void waitInQueue(EventLoop loop, long limitNs, RequestQueue place) {
        queue = place;
        timer = loop.schedule(this, result.onWaiting(limitNs), TimeUnit.NANOSECONDS);
    }

    /** It has waited for too long. */
    @Override
    public void run() {
        timer = null;
        if (queue != null) {
            queue.onLate();
        }
        pool.forgetWaiting(this);
        onFailed(pool.tooLate());
    }

    /**
     * Leases a stream of the connection, which has room.
     *
     * @param used true if the connection has carried requests before
     */
    void take(PooledConnection connection, boolean used) {
        onLeased(connection.lease(listener), used);
    }

    void onFailed(Throwable cause) {
        stopWaiting();
        result.onConnectFailed(server, cause);
    }

    private void onLeased(UpstreamStream stream, boolean used) {
        stopWaiting();
        result.onLeased(stream, used);
    }

    private void stopWaiting() {
        Future<?> last = timer;
        timer = null;
        if (last != null) {
            last.cancel(false);
        }
        RequestQueue left = queue;
        queue = null;
        if (left != null) {
            left.leave();
        }
    }
}
