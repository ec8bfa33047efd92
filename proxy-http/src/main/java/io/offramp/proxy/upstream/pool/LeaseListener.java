package io.offramp.proxy.upstream.pool;

import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamStream;

/** Gets the result of a request for a lease, once, unless it was cancelled. */
public interface LeaseListener extends PlaceListener {
    /**
     * The listener has the stream.
     *
     * @param used true if its connection has carried requests before: one that came free meanwhile
     */
    void onLeased(UpstreamStream stream, boolean used);

    /** The server did not accept, or too many wait for it: {@link ServerBusyException}. */
    void onConnectFailed(UpstreamServer server, Throwable cause);
}
