package io.offramp.proxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.util.AttributeKey;
import io.offramp.offload.OffloadTarget;
import io.offramp.proxy.accept.ProxyHeaderHandler;
import io.offramp.proxy.budget.BufferFailures;
import io.offramp.proxy.channel.DrainEvent;
import io.offramp.proxy.channel.HalfClosedEpoll;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.generation.Front;
import io.offramp.proxy.generation.ListenerGeneration;
import io.offramp.proxy.generation.Terms;
import io.offramp.proxy.handshake.engine.HandshakeEvent;
import io.offramp.proxy.handshake.engine.HandshakeListener;
import io.offramp.proxy.handshake.engine.HandshakeSettings;
import io.offramp.proxy.handshake.engine.TlsHandshakeHandler;
import io.offramp.proxy.metrics.ConnectionRefusal;
import io.offramp.proxy.metrics.ListenerMetrics;
import io.offramp.proxy.net.proxyprotocol.ProxyHeader;
import io.offramp.proxy.session.TlsSessionHandler;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.Handshaken;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets up each connection of one listener: handshake, then handover, then the front. Shared by all event loops: the
 * host's, or those of a device that owns its connections.
 */
@Sharable
final class TlsListener extends ChannelInitializer<Channel> implements HandshakeListener, ProxyHeaderHandler.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(TlsListener.class);

    /** What the connection has since it was accepted, and keeps. */
    private static final long LEAST_HEADER_NS = TimeUnit.SECONDS.toNanos(3);

    private static final AttributeKey<Accepted> ACCEPTED = AttributeKey.valueOf(TlsListener.class, "accepted");

    private final Supplier<ListenerGeneration> current;
    private final ConnectionRegistry connections;
    private final HalfOpenHandshakes halfOpen;
    private final Admission admission;
    private final ChannelGroup channels;
    private final Drain drain;
    private volatile boolean gone;

    /**
     * What a connection has since it was accepted.
     *
     * @param by the socket that it came from
     * @param listener settings of the generation of then
     * @param held its counts for its client address
     */
    private record Accepted(TlsListener by, ListenerGeneration listener, ClientAddressLimits.Held held) {}

    /**
     * @param current asked once for each connection
     * @param halfOpen bounds the handshakes under way
     * @param addresses bounds the connections of one client address
     * @param drain gets every open client channel, and says when they leave
     */
    TlsListener(
            Supplier<ListenerGeneration> current,
            ConnectionRegistry connections,
            HalfOpenHandshakes halfOpen,
            ClientAddressLimits addresses,
            Drain drain) {
        this.current = current;
        this.connections = connections;
        this.halfOpen = halfOpen;
        admission = new Admission(addresses);
        this.channels = drain.clients();
        this.drain = drain;
    }

    @Override
    protected void initChannel(Channel channel) {
        ListenerGeneration listener = current.get();
        ListenerMetrics metrics = listener.metrics();
        boolean proxied = listener.isProxy(channel.remoteAddress());
        ClientAddressLimits.Held held = proxied
                ? ClientAddressLimits.NOTHING // until it names its client
                : admission.admit(channel.remoteAddress(), listener);
        ConnectionRefusal refusal = held.refusal();
        if (refusal != null) {
            LOG.debug("connection from {} refused: {}", channel.remoteAddress(), refusal.label());
            channel.close();
            return;
        }
        Connection connection = new Connection(
                connections.nextId(), listener.name(), (InetSocketAddress) channel.localAddress(), (InetSocketAddress)
                        channel.remoteAddress());
        if (listener.handshake() != null && !halfOpen.admit(channel)) {
            held.onClosed();
            metrics.onRefused(ConnectionRefusal.HANDSHAKES);
            channel.close();
            return;
        }
        if (!connections.add(connection)) {
            halfOpen.onEnded(channel);
            held.onClosed();
            metrics.onRefused(ConnectionRefusal.CONNECTIONS);
            LOG.warn("connection from {} refused: {} are open", connection.clientText(), connections.limit());
            channel.close();
            return;
        }
        metrics.onAccepted();
        channel.attr(Connection.KEY).set(connection);
        channel.attr(ACCEPTED).set(new Accepted(this, listener, held));
        channels.add(channel);
        channel.closeFuture().addListener(closed -> {
            halfOpen.onEnded(channel);
            channel.attr(ACCEPTED).get().held().onClosed();
            connections.remove(connection);
            metrics.onClosed();
        });
        if (listener.watch() != null) {
            listener.watch().onAccepted(new OffloadTarget(connection.id(), channel, connection.tuple()));
        }
        if (proxied) {
            channel.pipeline().addLast(new ProxyHeaderHandler(headerNs(listener), this));
        } else {
            begin(channel, listener);
        }
        // Accepted before the socket closed, after the drain's own pass. If it did not close, all accepted ones are
        // served.
        if (isLeaving(channel) && !drain.isReplaced()) {
            channel.pipeline().fireUserEventTriggered(HandshakeEvent.DRAIN);
        }
    }

    /** The client has the word: its handshake, or its requests in plain text. */
    private void begin(Channel channel, ListenerGeneration listener) {
        HandshakeSettings handshake = listener.handshake();
        if (handshake != null) {
            channel.pipeline().addLast(new TlsHandshakeHandler(handshake, this));
            return;
        }
        onEnded(channel);
        HalfClosedEpoll.allow(channel);
        install(channel, listener.front());
    }

    private void install(Channel channel, Front front) {
        front.install(channel.pipeline());
        if (isLeaving(channel)) {
            channel.pipeline().fireUserEventTriggered(DrainEvent.NEW_CONNECTION);
        }
    }

    /** The socket is gone: its connections have to leave, and so has one that it accepted just before. */
    void leave() {
        gone = true;
    }

    /**
     * Ends the connections that the current generation does not serve, as soon as each can: all if the socket is gone,
     * and those that were let in on other terms than a client has to meet now.
     *
     * @return these
     */
    List<Channel> drain() {
        List<Channel> leaving = channels.stream()
                .filter(each -> isOurs(each) && isLeaving(each))
                .toList();
        leaving.forEach(each -> each.pipeline().fireUserEventTriggered(DrainEvent.INSTANCE));
        return leaving;
    }

    private boolean isOurs(Channel channel) {
        return channel.attr(ACCEPTED).get().by() == this;
    }

    private boolean isLeaving(Channel channel) {
        Terms met = channel.attr(ACCEPTED).get().listener().terms();
        return gone || drain.isUnderWay() || !current.get().terms().equals(met);
    }

    /** A header that was lost once comes three seconds later (§2: at least as long). */
    private static long headerNs(ListenerGeneration listener) {
        HandshakeSettings handshake = listener.handshake();
        return handshake == null
                ? LEAST_HEADER_NS
                : Math.max(LEAST_HEADER_NS, handshake.timeout().toNanos());
    }

    @Override
    public void onHeader(ChannelHandlerContext ctx, ProxyHeader header) {
        Channel channel = ctx.channel();
        ListenerGeneration listener = channel.attr(ACCEPTED).get().listener();
        InetSocketAddress client =
                header instanceof ProxyHeader.Proxied(InetSocketAddress source, var to) ? source : null;
        SocketAddress judged = client == null ? channel.remoteAddress() : client;
        ClientAddressLimits.Held held = admission.admit(judged, listener);
        ConnectionRefusal refusal = held.refusal();
        if (refusal != null) {
            LOG.debug("connection of {} by {} refused: {}", judged, channel.remoteAddress(), refusal.label());
            channel.close();
            return;
        }
        channel.attr(ACCEPTED).set(new Accepted(this, listener, held));
        if (client != null) {
            channel.attr(Connection.KEY).get().onClient(client);
        }
        begin(channel, listener);
    }

    @Override
    public void onReceived(ChannelHandlerContext ctx, long bytes) {
        halfOpen.onReceived(ctx.channel(), bytes);
    }

    @Override
    public void onAnswered(ChannelHandlerContext ctx) {
        halfOpen.onAnswered(ctx.channel());
    }

    @Override
    public void onHandshaken(ChannelHandlerContext ctx, Handshaken session, ByteBuf pending) {
        TlsSessionHandler handler;
        try {
            handler = handOver(ctx, session);
        } catch (RuntimeException | Error e) {
            session.destroy();
            pending.release();
            throw e;
        }
        handler.start(pending);
    }

    @Override
    public boolean onPlainHttp(ChannelHandlerContext ctx) {
        Channel channel = ctx.channel();
        ListenerGeneration listener = channel.attr(ACCEPTED).get().listener();
        Front plain = listener.plain();
        if (plain == null) {
            return false;
        }
        listener.metrics().onHandshakeFailed(HandshakeFailure.Reason.PLAIN_HTTP);
        onEnded(channel);
        HalfClosedEpoll.allow(channel);
        install(channel, plain);
        return true;
    }

    private TlsSessionHandler handOver(ChannelHandlerContext ctx, Handshaken session) {
        Channel channel = ctx.channel();
        onEnded(channel);
        Connection connection = channel.attr(Connection.KEY).get();
        connection.onHandshaken(session.negotiated());
        // Not before: a FIN in mid-handshake closes, a FIN behind close_notify ends one direction only.
        HalfClosedEpoll.allow(channel);
        OffloadTarget target = new OffloadTarget(connection.id(), channel, connection.tuple());
        ListenerGeneration listener = channel.attr(ACCEPTED).get().listener();
        listener.metrics().onHandshaken(session.negotiated(), connection.ageNs());
        TlsSessionHandler handler =
                new TlsSessionHandler(session, target, Objects.requireNonNull(listener.sessions()), connection);
        ctx.pipeline().addLast(handler);
        install(channel, listener.front());
        return handler;
    }

    @Override
    public void onFailed(ChannelHandlerContext ctx, HandshakeFailure failure) {
        onEnded(ctx.channel());
        ctx.channel().attr(ACCEPTED).get().listener().metrics().onHandshakeFailed(failure.reason());
        Connection connection = ctx.channel().attr(Connection.KEY).get();
        switch (failure.reason()) {
            // Frequent: health checks and port scans.
            case NO_DATA, CLOSED, DISPLACED, DRAINED -> LOG.debug("{}", describe(connection, failure));
            case INTERNAL -> LOG.error("{}", describe(connection, failure), failure.cause());
            default -> {
                LOG.info("{}", describe(connection, failure));
                if (failure.cause() != null) {
                    LOG.debug("connection {}: what the engine threw", connection.id(), failure.cause());
                }
            }
        }
    }

    private void onEnded(Channel channel) {
        halfOpen.onEnded(channel);
        channel.attr(ACCEPTED).get().held().onHandshakeEnded();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!BufferFailures.counts(cause)) {
            LOG.error("connection from {} could not be set up", ctx.channel().remoteAddress(), cause);
        }
        ctx.close();
    }

    private static String describe(Connection connection, HandshakeFailure failure) {
        return "connection " + connection.id() + " from " + connection.clientText() + ": no handshake: "
                + failure.reason().label() + ": " + failure.detail();
    }
}
