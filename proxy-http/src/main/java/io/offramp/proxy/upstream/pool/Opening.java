package io.offramp.proxy.upstream.pool;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.transport.ConnectRace;
import io.offramp.proxy.upstream.transport.Transport;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** One new connection to a server: waits until there may be one more, then connects. Confined to the event loop. */
public final class Opening implements Lease {
    private final UpstreamLoop loop;
    private final UpstreamGroup group;
    private final UpstreamServer server;
    private final ByteBufAllocator allocator;
    private final Result result;
    private @Nullable ConnectRace race;
    private boolean over;

    /** Gets the result once, unless it was cancelled. */
    public interface Result {
        /** The transport is open, and has no listener yet. */
        void onConnected(Transport transport);

        /** Takes a connection that came free meanwhile; false if only a new one will do. */
        default boolean takes(PooledConnection used) {
            return false;
        }

        /** The server did not accept, or too many wait for it. */
        void onConnectFailed(UpstreamServer server, Throwable cause);
    }

    Opening(UpstreamLoop loop, UpstreamGroup group, UpstreamServer server, ByteBufAllocator allocator, Result result) {
        this.loop = loop;
        this.group = group;
        this.server = server;
        this.allocator = allocator;
        this.result = result;
    }

    @Override
    public void start() {
        loop.pool(server).open(this);
    }

    @Override
    public void cancel() {
        if (!over) {
            over = true;
            if (race == null) {
                loop.pool(server).forgetWaiting(this);
            } else {
                race.cancel();
                loop.pool(server).onGone();
            }
        }
    }

    /** Its turn has come. */
    void connect() {
        Transport transport = new Transport(server.name(), loop.turnFlush());
        long startNs = loop.nowNs();
        race = loop.race(server, allocator, transport, new ConnectRace.Result() {
            @Override
            public void onConnected(Channel channel, SocketAddress address) {
                over = true;
                group.events().onConnections(1);
                channel.closeFuture().addListener(gone -> {
                    group.events().onConnections(-1);
                    loop.pool(server).onGone();
                });
                server.onConnected(address);
                group.events().onConnected(loop.nowNs() - startNs);
                result.onConnected(transport);
            }

            @Override
            public void onFailed(Throwable cause) {
                over = true;
                loop.pool(server).onGone();
                server.onFailed(loop.nowNs());
                group.events().onConnectFailed();
                result.onConnectFailed(server, cause);
            }
        });
        race.start();
    }

    /** Takes a free connection instead; false if it has to be a new one. */
    boolean takes(PooledConnection free) {
        boolean taken = result.takes(free);
        over |= taken;
        return taken;
    }

    /** It may not connect. */
    void refuse(Throwable cause) {
        over = true;
        result.onConnectFailed(server, cause);
    }
}
