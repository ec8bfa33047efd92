package io.offramp.proxy.upstream.pool;

import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.transport.Transport;
import java.util.List;

/** The protocol towards servers: makes a pooled connection of an open transport. Thread-safe. */
public interface Protocol {
    /** Whether a connection has room for many leases at once, so that requests wait for one that is about to open. */
    boolean isShared();

    /** What it is called in ALPN, in order of preference; empty for no name (RFC 7301 §6). */
    default List<String> alpn() {
        return List.of();
    }

    /**
     * Begins a connection; on the event loop. The transport is the protocol's from now on.
     *
     * @param loop is called when the connection has room again
     * @param result gets the connection, later or during the call
     */
    void over(Transport transport, UpstreamServer server, UpstreamLoop loop, Result result);

    /** Gets the result once. */
    interface Result {
        /** The connection can be leased. */
        void onOpened(PooledConnection connection);

        /** The server does not speak this protocol; the transport is closed. */
        void onFailed(Throwable cause);
    }
}
