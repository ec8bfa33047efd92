package io.offramp.proxy.upstream.pool;

import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamStream;

/**
 * A connection that carries one request after another, or many at once, each with a lease of its own. It reports to its
 * {@link UpstreamLoop}: {@link UpstreamLoop#onRoom} when it has room again, or no lease any more;
 * {@link UpstreamLoop#onClosed} when it can give no further lease. Confined to the event loop.
 */
public interface PooledConnection {
    /** The server at the other end. */
    UpstreamServer server();

    /** Number of further leases that it can give now: with HTTP/1 one if it is idle, else none. */
    int room();

    /** Leases a stream; only where there is room. */
    UpstreamStream lease(UpstreamListener listener);

    /** End of its idle time, on the event loop's clock; {@code Long.MAX_VALUE} if it has leases. */
    long idleEndNs();

    /** False if its server has moved, or its certificates have been replaced, since it was opened: it is of no use. */
    boolean isCurrent();

    /** Whether another should take its place before it ends, although it has room. */
    default boolean isDue(long nowNs) {
        return false;
    }

    /** Gives no more leases, and closes when the current ones have ended. */
    void retire();
}
