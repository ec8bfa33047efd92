package io.offramp.proxy.upstream.pool;

import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.transport.Transport;

/** What is spoken with servers: makes the connection that a pool keeps out of a transport that is open. Thread-safe. */
@FunctionalInterface
public interface Protocol {
    /**
     * The transport's listener becomes the new connection; on the event loop.
     *
     * @param loop that hears when the connection has room again
     */
    PooledConnection over(Transport transport, UpstreamServer server, UpstreamLoop loop);
}
