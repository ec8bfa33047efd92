package io.offramp.proxy.upstream.pool;

import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.transport.Transport;
import java.util.List;

/** A request for the only lease of a connection: a new one, or one that comes free while it waits. */
record ExclusiveLease(UpstreamLoop loop, UpstreamServer server, UpstreamListener listener, LeaseListener lease)
        implements Opening.Result, Protocol.Result {
    @Override
    public void onConnected(Transport transport) {
        loop.protocol(server).over(transport, server, loop, this);
    }

    @Override
    public void onOpened(PooledConnection connection) {
        lease.onLeased(connection.lease(listener), false);
    }

    @Override
    public List<String> protocols() {
        return loop.protocol(server).alpn();
    }

    @Override
    public long onWaiting(long ns) {
        return lease.onWaiting(ns);
    }

    @Override
    public void onConnecting() {
        lease.onConnecting();
    }

    @Override
    public boolean takes(PooledConnection used) {
        lease.onLeased(used.lease(listener), true);
        return true;
    }

    @Override
    public void onFailed(Throwable cause) {
        onConnectFailed(server, cause);
    }

    @Override
    public void onConnectFailed(UpstreamServer failed, Throwable cause) {
        lease.onConnectFailed(failed, cause);
    }
}
