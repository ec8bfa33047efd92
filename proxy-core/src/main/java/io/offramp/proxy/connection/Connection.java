package io.offramp.proxy.connection;

import io.netty.util.AttributeKey;
import io.offramp.offload.FiveTuple;
import io.offramp.proxy.tls.Negotiated;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A connection, from accept to close, as admin endpoint and access log see it: a client's, or a TLS session with a
 * server, whose listener is an upstream and whose client is the server. Written by the channel's event loop, read by
 * any thread. Set as {@link #KEY} on the client's channel.
 *
 * <p>The socket's peer and the client are two addresses. They differ where a proxy in front of us names its client.
 * Steering and descriptors use the peer; logs, forwarded fields and limits use the client.
 */
public final class Connection {
    /** Where the client's channel keeps its connection. */
    public static final AttributeKey<Connection> KEY = AttributeKey.valueOf(Connection.class, "connection");

    /** For {@link #streams}: a write costs no fence. */
    private static final VarHandle STREAMS;

    static {
        try {
            STREAMS = MethodHandles.lookup().findVarHandle(Connection.class, "streams", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long id;
    private final String listener;
    private final InetSocketAddress local;
    private final InetSocketAddress peer;
    private final Instant since;
    private final long sinceNs;
    private final DirectionStats tx = new DirectionStats();
    private final DirectionStats rx = new DirectionStats();
    private volatile @Nullable Negotiated tls;
    private volatile Client client;
    private volatile @Nullable Connection server;
    private volatile boolean drained;

    @SuppressWarnings("UnusedVariable") // by STREAMS
    private int streams = -1;

    /** Its text is made at the first call; two threads may make it twice. */
    private static final class Client {
        final InetSocketAddress address;

        @Nullable
        String text;

        Client(InetSocketAddress address) {
            this.address = address;
        }
    }

    /**
     * Its client is the socket's peer until {@link #onClient} names another.
     *
     * @param listener name of the listener that accepted it
     * @param local the socket's own address
     * @param peer the socket's peer
     */
    public Connection(long id, String listener, InetSocketAddress local, InetSocketAddress peer) {
        this(id, listener, local, peer, Instant.now(), System.nanoTime());
    }

    /** Accepted at another time. */
    Connection(long id, String listener, InetSocketAddress local, InetSocketAddress peer, Instant since, long sinceNs) {
        this.id = id;
        this.listener = listener;
        this.local = local;
        this.peer = peer;
        this.client = new Client(peer);
        this.since = since;
        this.sinceNs = sinceNs;
    }

    /**
     * A proxy in front of us has named its client. Event loop only, at most once.
     *
     * @throws IllegalStateException if the client was named before
     */
    public void onClient(InetSocketAddress address) {
        if (client.address != peer) {
            throw new IllegalStateException("the client of connection " + id + " is known already");
        }
        client = new Client(address);
    }

    /** The handshake is complete. Event loop only. */
    public void onHandshaken(Negotiated negotiated) {
        tls = negotiated;
    }

    /**
     * An exchange goes to a server. Event loop only.
     *
     * @param session the TLS session with it; null in the clear
     */
    public void onServer(@Nullable Connection session) {
        if (server != session) {
            server = session;
        }
    }

    /** The TLS session of the last exchange with a server; null for none, or in the clear. */
    public @Nullable Connection server() {
        return server;
    }

    /** The time that a drain gives is over: this proxy ends it. */
    public void onDrained() {
        drained = true;
    }

    /** Whether this proxy has ended it, because it stops or its listener is gone. */
    public boolean isDrained() {
        return drained;
    }

    /** The cause of an end that was not in order, for the log. */
    public String departure() {
        return drained ? "drained by us" : "client left";
    }

    /** Its protocol has streams, and that many are open. Event loop only. */
    public void onStreams(int open) {
        STREAMS.setOpaque(this, open);
    }

    /** Streams that are open; negative if its protocol has none. */
    public int streams() {
        return (int) STREAMS.getOpaque(this);
    }

    /** Unique in this process, counted from 1. */
    public long id() {
        return id;
    }

    /** Name of the listener. */
    public String listener() {
        return listener;
    }

    /** The socket's own address. */
    public InetSocketAddress local() {
        return local;
    }

    /** The socket's peer: the client, or a proxy in front of us. */
    public InetSocketAddress peer() {
        return peer;
    }

    /** What the network knows the socket by. */
    public FiveTuple tuple() {
        return new FiveTuple(local, peer);
    }

    /** The client's address: the socket's peer, unless a proxy has named another. */
    public InetSocketAddress client() {
        return client.address;
    }

    /** The client's address as text: {@code 192.0.2.7:51234} or {@code [2001:db8::7]:51234}. */
    public String clientText() {
        Client known = client;
        String text = known.text;
        if (text == null) {
            text = text(known.address);
            known.text = text;
        }
        return text;
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
