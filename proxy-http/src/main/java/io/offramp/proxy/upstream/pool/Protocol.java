package io.offramp.proxy.upstream.pool;

import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.transport.Transport;

/** The protocol towards servers: makes a pooled connection of an open transport. Thread-safe. */
@FunctionalInterface
public interface Protocol {
    /**
     * The transport's listener becomes the new connection; on the event loop.
     *
     * @param loop is called when the connection has room again
     */
    PooledConnection over(Transport transport, UpstreamServer server, UpstreamLoop loop);
}
