package io.offramp.proxy.upstream.pool;

import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamStream;

/** Hears once what became of a request for a lease, unless that was called off. */
public interface LeaseListener {
    /**
     * The stream is the listener's.
     *
     * @param used whether its connection has carried requests before: one that came free meanwhile
     */
    void onLeased(UpstreamStream stream, boolean used);

    /** The server did not accept, or too many wait for it: {@link ServerBusyException}. */
    void onConnectFailed(UpstreamServer server, Throwable cause);
}
