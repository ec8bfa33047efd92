package io.offramp.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.SocketRxSession;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.record.AlertDescription;
import io.offramp.proxy.channel.FinEvent;
import io.offramp.proxy.channel.HalfCloseHandler;
import io.offramp.proxy.channel.HalfClosedEpoll;
import io.offramp.proxy.channel.OrderlyClose;
import io.offramp.proxy.channel.ReadGate;
import io.offramp.proxy.channel.SpliceListener;
import io.offramp.proxy.channel.SpliceTarget;
import io.offramp.proxy.channel.Splicing;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.tls.Handshaken;
import io.offramp.proxy.tls.PeerAlertException;
import io.offramp.proxy.tls.Role;
import io.offramp.proxy.tls.SessionOffers;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TLS session from its handover to its end. For the handlers behind it, this is a plain TCP channel: plaintext comes
 * in by {@code channelRead}, goes out by {@code write} and {@code flush}, and {@code close} ends the session in order.
 *
 * <ul>
 *   <li>A clean end of the peer's stream (close_notify) is fired as {@link ChannelInputShutdownEvent}; writing
 *       continues.
 *   <li>The FIN after it is fired as {@link FinEvent}.
 *   <li>A truncated stream (FIN or reset without close_notify) is {@code channelInactive} without that event.
 *   <li>A broken record or rule: the alert is sent, nothing further is delivered, and the channel becomes inactive.
 * </ul>
 *
 * Confined to the channel's event loop. The channel has {@code ALLOW_HALF_CLOSURE} set.
 */
public final class TlsSessionHandler extends ChannelDuplexHandler
        implements RxHalf.Listener, SpliceTarget, HalfCloseHandler {
    private static final Logger LOG = LoggerFactory.getLogger(TlsSessionHandler.class);

    private enum Phase {
        INSTALLED,
        STARTED,
        CLOSING
    }

    private final OffloadTarget target;
    private final SessionSettings settings;
    private final Connection connection;
    private @Nullable Handshaken handshaken;
    private final @Nullable SessionOffers offers;
    private ChannelHandlerContext ctx;
    private TxHalf tx;
    private RxHalf rx;
    private OrderlyClose closing;
    private Phase phase = Phase.INSTALLED;
    private boolean inputEnded;
    private boolean finReceived;
    private boolean socketEmpty; // the last read did not fill its buffer

    /**
     * @param handshaken its keys and secrets move here
     * @param target the connection, as backends see it
     * @param connection whose statistics are kept
     */
    @SuppressWarnings("NullAway.Init") // ctx, tx, rx and closing are set by handlerAdded
    public TlsSessionHandler(
            Handshaken handshaken, OffloadTarget target, SessionSettings settings, Connection connection) {
        this.handshaken = handshaken;
        this.offers = handshaken.offers();
        this.target = target;
        this.settings = settings;
        this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        Handshaken session = Objects.requireNonNull(handshaken, "added twice");
        if (settings.plan().maySplice()) {
            Splicing.allow(context.channel(), this);
        }
        tx = new TxHalf(context, target, settings, session, connection.tx(), this::abort);
        closing = new OrderlyClose(context, tx::unsentBytes);
        rx = new RxHalf(target, settings, session, connection.rx(), this);
        if (session.secrets() != null) {
            session.secrets().destroy();
        }
    }

    /**
     * Lets application data flow. Called once, after the handlers behind this one are in place. Does nothing if the
     * session has ended already, or could not be installed.
     *
     * @param pending wire bytes after the peer's Finished; ownership moves here
     */
    public void start(ByteBuf pending) {
        Handshaken session = handshaken;
        if (session == null) {
            pending.release();
            return;
        }
        handshaken = null; // its tickets would live as long as the connection
        if (phase == Phase.INSTALLED) {
            phase = Phase.STARTED;
        }
        if (session.tickets().length > 0) {
            tx.handshake(Unpooled.wrappedBuffer(session.tickets()));
        }
        if (pending.isReadable()) { // the tickets leave with the answer to it, in one segment
            rx.receive(pending);
            onBurstEnd();
            ctx.fireChannelReadComplete();
        } else {
            pending.release();
            ctx.flush();
        }
    }

    /** True if the last read emptied the socket, and all of it was delivered. */
    public boolean isDrained() {
        return rx.isDrained(socketEmpty);
    }

    /** True if more was received than was delivered: a part of a record, or what a device still opens. */
    public boolean holdsInput() {
        return rx.holdsInput();
    }

    /** Sends close_notify. */
    @Override
    public ChannelFuture shutdownOutput() {
        ChannelPromise ended = tx.end();
        ctx.flush();
        return ended;
    }

    @Override
    public @Nullable Splicing splice(Channel source, long bytes, SpliceListener listener) {
        return phase == Phase.STARTED ? tx.splice(source, bytes, listener) : null;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf wire && phase == Phase.STARTED) {
            boolean roomLeft = wire.isWritable();
            socketEmpty = false;
            rx.receive(wire);
            socketEmpty = roomLeft;
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    /** Reads; a session that reads the socket itself replaces the transport. */
    @Override
    public void read(ChannelHandlerContext context) {
        SocketRxSession reader = rx.socketReader();
        if (reader != null) {
            reader.resume();
        } else {
            context.read();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        onBurstEnd();
        context.fireChannelReadComplete();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf plaintext) {
            tx.write(plaintext, promise);
        } else {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new IllegalArgumentException("not a ByteBuf: " + message.getClass()));
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        tx.flush();
        tx.settle();
        context.flush();
    }

    /** Sends close_notify after all writes, and closes once it is out, or after {@value OrderlyClose#LIMIT_S} s. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (phase == Phase.CLOSING || !context.channel().isActive()) {
            closing.whenDone(promise);
            return;
        }
        phase = Phase.CLOSING;
        rx.end();
        ChannelFuture last = tx.end();
        context.flush();
        closing.after(last, promise);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof ChannelInputShutdownEvent)) {
            context.fireUserEventTriggered(event);
        } else if (rx.socketReader() != null) {
            // The session finds the FIN in its place: after the last record.
            return;
        } else if (rx.isUnderWay()) {
            // The device may still hold the close_notify that precedes it.
            finReceived = true;
        } else {
            onFin();
        }
    }

    private void onFin() {
        finReceived = false;
        if (phase == Phase.CLOSING) {
            closing.whenOut(() -> ctx.close());
        } else if (inputEnded) {
            ctx.fireUserEventTriggered(FinEvent.INSTANCE);
        } else {
            // A FIN without close_notify: the stream may have been cut (RFC 8446 §6.1).
            onTruncated("FIN");
            abort();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        release();
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        SocketRxSession reader = rx.socketReader();
        if (cause instanceof IOException failure && reader != null) {
            reader.readFailed(failure);
        } else if (cause instanceof IOException) {
            // The peer may reset; channelInactive follows.
            if (!inputEnded && phase != Phase.CLOSING) {
                onTruncated(String.valueOf(cause.getMessage()));
            }
            abort();
        } else {
            context.fireExceptionCaught(cause);
        }
    }

    @Override
    public void onData(ByteBuf plaintext) {
        ctx.fireChannelRead(plaintext);
    }

    @Override
    public void onCloseNotify() {
        inputEnded = true;
        if (phase != Phase.CLOSING) {
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    @Override
    public void onFatalAlert(int description) {
        LOG.info("{}: {} sent alert {}", name(), settings.peer(), AlertDescription.nameOf(description));
        inputEnded = true;
        if (settings.role() == Role.CLIENT) { // what waits for an answer has to know
            ctx.fireExceptionCaught(PeerAlertException.of(description));
        }
        abort();
    }

    private String name() {
        return "connection " + connection.id() + settings.role().peer(" from ", " to ") + connection.clientText();
    }

    @Override
    public boolean onTicket(byte[] body) {
        return offers == null || offers.onTicket(body);
    }

    @Override
    public void onKeyUpdateRequested() {
        tx.keyUpdates().oweAnswer();
    }

    @Override
    public void onKeyWornOut() {
        tx.keyUpdates().oweRequest();
    }

    @Override
    public void onRenegotiation() {
        tx.warn(AlertDescription.NO_RENEGOTIATION);
        ctx.flush();
    }

    /** Ends a burst of its own, since an idle session gets no other. */
    @Override
    public void onRxDegraded() {
        ctx.executor().execute(this::onRxBurstEnd);
    }

    @Override
    public void onRxBurstEnd() {
        if (ctx.isRemoved()) {
            return;
        }
        onBurstEnd();
        ctx.fireChannelReadComplete();
        if (finReceived && !rx.isUnderWay()) {
            onFin();
        }
    }

    /**
     * The transport keeps writing, and stays in epoll for that, but no longer reads; calls to read go to the session.
     */
    @Override
    public void onSocketTaken() {
        Channel channel = ctx.channel();
        ReadGate gate = ReadGate.of(channel);
        gate.hold(ReadGate.Holder.SESSION);
        HalfClosedEpoll.keep(channel);
        gate.release(ReadGate.Holder.SESSION);
    }

    @Override
    public void onRxEnd() {
        onFin();
    }

    /** Sends the peer an alert, and closes without losing it. */
    @Override
    public void onRxFault(OffloadException fault) {
        LOG.info("{}: {}", name(), fault.getMessage());
        if (phase == Phase.CLOSING) {
            return;
        }
        phase = Phase.CLOSING;
        ChannelFuture told = tx.fail(fault.alert().orElse(AlertDescription.INTERNAL_ERROR));
        ctx.flush();
        closing.linger(told);
        ctx.fireExceptionCaught(fault);
    }

    private void onTruncated(String how) {
        settings.events().onTruncated();
        LOG.debug("{}: ended without close_notify: {}", name(), how);
    }

    private void onBurstEnd() {
        rx.settle();
        if (tx.settle()) {
            ctx.flush();
        }
    }

    /** Closes at once and without an alert: the peer is gone, or our own direction is broken. */
    private void abort() {
        rx.end();
        ctx.close();
    }

    private void release() {
        if (tx != null) {
            tx.close();
        }
        if (rx != null) {
            rx.close();
        }
        if (handshaken != null) { // never started, and perhaps not installed
            handshaken.destroy();
            handshaken = null;
        }
        if (offers != null) {
            offers.destroy();
        }
    }
}
