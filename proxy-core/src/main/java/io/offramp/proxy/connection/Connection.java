package io.offramp.proxy.connection;

import io.netty.util.AttributeKey;
import io.offramp.proxy.tls.Negotiated;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, from accept to close, as admin endpoint and access log see it. Written by the channel's event
 * loop, read by any thread. Set as {@link #KEY} on the client's channel.
 */
public final class Connection {
    /** Where the client's channel keeps its connection. */
    public static final AttributeKey<Connection> KEY = AttributeKey.valueOf(Connection.class, "connection");

    private final long id;
    private final String listener;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final Instant since;
    private final long sinceNs;
    private final DirectionStats tx = new DirectionStats();
    private final DirectionStats rx = new DirectionStats();
    private volatile @Nullable Negotiated tls;
    private @Nullable String peer;

    /** @param listener name of the listener that accepted it */
    public Connection(long id, String listener, InetSocketAddress local, InetSocketAddress remote) {
        this(id, listener, local, remote, Instant.now(), System.nanoTime());
    }

    /** Accepted at another time. */
    Connection(
            long id, String listener, InetSocketAddress local, InetSocketAddress remote, Instant since, long sinceNs) {
        this.id = id;
        this.listener = listener;
        this.local = local;
        this.remote = remote;
        this.since = since;
        this.sinceNs = sinceNs;
    }

    /** The handshake is complete. Event loop only. */
    public void onHandshaken(Negotiated negotiated) {
        tls = negotiated;
    }

    /** Unique in this process, counted from 1. */
    public long id() {
        return id;
    }

    /** Name of the listener. */
    public String listener() {
        return listener;
    }

    /** Our address. */
    public InetSocketAddress local() {
        return local;
    }

    /** The client's address. */
    public InetSocketAddress remote() {
        return remote;
    }

    /** The client's address as text, {@code 192.0.2.7:51234} or {@code [2001:db8::7]:51234}; made at the first call. */
    public String peer() {
        String known = peer;
        if (known == null) {
            known = text(remote);
            peer = known;
        }
        return known;
    }

    /** Address and port, without a lookup of the name. */
    public static String text(InetSocketAddress address) {
        if (address.isUnresolved()) {
            return address.getHostString() + ":" + address.getPort();
        }
        String host = address.getAddress().getHostAddress();
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + address.getPort() : host + ":" + address.getPort();
    }

    /** When it was accepted. */
    public Instant since() {
        return since;
    }

    /** How long ago that was, whatever was done to the machine's clock since. */
    public long ageNs() {
        return System.nanoTime() - sinceNs;
    }

    /** Null until the handshake is complete. */
    public @Nullable Negotiated tls() {
        return tls;
    }

    /** What we send. */
    public DirectionStats tx() {
        return tx;
    }

    /** What we receive. */
    public DirectionStats rx() {
        return rx;
    }
}
