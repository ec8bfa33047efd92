package io.offramp.proxy.upstream.pool;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.offramp.proxy.upstream.TransportSecurity;
import io.offramp.proxy.upstream.TransportSession;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.transport.ConnectRace;
import io.offramp.proxy.upstream.transport.Origin;
import io.offramp.proxy.upstream.transport.Transport;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One new connection to a server: waits until there may be one more, then connects. Confined to the event loop. */
public final class Opening implements Lease {
    private final UpstreamLoop loop;
    private final UpstreamGroup group;
    private final UpstreamServer server;
    private final ByteBufAllocator allocator;
    private final Result result;
    private @Nullable ConnectRace race;
    private @Nullable Channel securing;
    private boolean over;

    /** Gets the result once, unless it was cancelled. */
    public interface Result extends PlaceListener {
        /** The transport is open, and has no listener yet. */
        void onConnected(Transport transport);

        /** What is to be spoken, for ALPN where the connection is secured, in order of preference; empty for none. */
        default List<String> protocols() {
            return List.of();
        }

        /** The server's name in TLS, where it is another than requests use; null for that. */
        default @Nullable String serverName() {
            return null;
        }

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
            } else if (securing != null) {
                securing.close();
            } else {
                race.cancel();
                loop.pool(server).onGone();
            }
        }
    }

    /** Waits; gives the most time of it. */
    long await(long ns) {
        return result.onWaiting(ns);
    }

    /** Its turn has come. */
    void connect() {
        result.onConnecting();
        Transport transport = new Transport(server.name(), loop.turnFlush());
        long startNs = loop.nowNs();
        race = loop.race(server, allocator, transport, new ConnectRace.Result() {
            @Override
            public void onConnected(Channel channel, SocketAddress address) {
                TransportSecurity security = group.security();
                securing = security == null ? null : channel;
                group.events().onConnections(1);
                channel.closeFuture().addListener(gone -> {
                    group.events().onConnections(-1);
                    loop.pool(server).onGone();
                    if (!over && securing != null) {
                        Opening.this.onFailed(new ConnectException("closed in the TLS handshake"));
                    }
                });
                group.events().onConnected(loop.nowNs() - startNs);
                if (security == null) {
                    onOpen(transport, address, null);
                } else {
                    secure(security, channel, new Securing(transport, address));
                }
            }

            @Override
            public void onFailed(Throwable cause) {
                loop.pool(server).onGone();
                Opening.this.onFailed(cause);
            }
        });
        race.start();
    }

    private void secure(TransportSecurity security, Channel channel, Securing waiting) {
        try {
            security.secure(channel, server, result.serverName(), result.protocols(), waiting);
        } catch (RuntimeException | Error e) {
            waiting.onGivenUp(e);
            channel.close();
        }
    }

    private void onOpen(Transport transport, SocketAddress address, @Nullable TransportSession session) {
        over = true;
        server.onConnected(address, loop.nowNs());
        transport.leads(new Origin(server, address, session));
        result.onConnected(transport);
    }

    private void onFailed(Throwable cause) {
        server.onFailed(cause, loop.nowNs());
        onGivenUp(cause);
    }

    private void onGivenUp(Throwable cause) {
        over = true;
        group.events().onConnectFailed();
        result.onConnectFailed(server, cause);
    }

    /** Waits for the TLS session of an open connection. */
    private final class Securing implements TransportSecurity.Result {
        private final Transport transport;
        private final SocketAddress address;

        Securing(Transport transport, SocketAddress address) {
            this.transport = transport;
            this.address = address;
        }

        @Override
        public boolean isCancelled() {
            return over;
        }

        @Override
        public void onSecured(TransportSession session) {
            if (!over) {
                transport.secure(session);
                onOpen(transport, address, session);
            }
        }

        @Override
        public void onFailed(Throwable cause) {
            if (!over) {
                Opening.this.onFailed(cause);
            }
        }

        @Override
        public void onGivenUp(Throwable cause) {
            if (!over) {
                Opening.this.onGivenUp(cause);
            }
        }
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
