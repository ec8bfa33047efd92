package io.offramp.proxy.upstream.pool;

import io.netty.buffer.ByteBufAllocator;
import io.offramp.proxy.upstream.RequestQueue;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamStream;
import io.offramp.proxy.upstream.transport.Transport;
import java.util.List;

/**
 * A request for the first lease of a connection that has no other: its session is by another name than those of the
 * pool. Confined to the event loop.
 */
final class OwnLease implements Lease, Opening.Result, Protocol.Result {
    private final UpstreamLoop loop;
    private final UpstreamServer server;
    private final String serverName;
    private final UpstreamListener listener;
    private final LeaseListener lease;
    private final Opening opening;
    private boolean cancelled;

    /** @param allocator for reads */
    OwnLease(
            UpstreamLoop loop,
            UpstreamServer server,
            String serverName,
            ByteBufAllocator allocator,
            UpstreamListener listener,
            LeaseListener lease) {
        this.loop = loop;
        this.server = server;
        this.serverName = serverName;
        this.listener = listener;
        this.lease = lease;
        opening = loop.openTransport(server.group(), server, allocator, this);
    }

    @Override
    public void start() {
        opening.start();
    }

    @Override
    public void cancel() {
        cancelled = true;
        opening.cancel();
    }

    @Override
    public String serverName() {
        return serverName;
    }

    @Override
    public List<String> protocols() {
        return loop.protocol(server).alpn();
    }

    @Override
    public void onConnected(Transport transport) {
        loop.protocol(server).over(transport, server, loop, this);
    }

    @Override
    public void onOpened(PooledConnection connection) {
        if (cancelled || connection.room() == 0) {
            connection.retire();
            onFailed(loop.pool(server).busy(RequestQueue.Refused.FULL));
            return;
        }
        UpstreamStream stream = connection.lease(listener);
        connection.retire(); // once this lease has ended
        lease.onLeased(stream, false);
    }

    @Override
    public void onFailed(Throwable cause) {
        onConnectFailed(server, cause);
    }

    @Override
    public void onConnectFailed(UpstreamServer failed, Throwable cause) {
        if (!cancelled) {
            lease.onConnectFailed(failed, cause);
        }
    }

    @Override
    public long onWaiting(long ns) {
        return lease.onWaiting(ns);
    }

    @Override
    public void onConnecting() {
        lease.onConnecting();
    }
}
