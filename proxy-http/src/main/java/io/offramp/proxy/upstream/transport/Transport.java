package io.offramp.proxy.upstream.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannel;
import io.offramp.proxy.budget.BufferFailures;
import io.offramp.proxy.channel.Abort;
import io.offramp.proxy.channel.HalfClose;
import io.offramp.proxy.channel.HalfClosedEpoll;
import io.offramp.proxy.channel.LastWrites;
import io.offramp.proxy.channel.ReadGate;
import io.offramp.proxy.channel.ReadGate.Holder;
import io.offramp.proxy.channel.SpliceTarget;
import io.offramp.proxy.channel.TurnFlush;
import io.offramp.proxy.channel.WriteBurst;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.tls.PeerAlertException;
import io.offramp.proxy.tunnel.TunnelEnd;
import io.offramp.proxy.tunnel.TunnelListener;
import io.offramp.proxy.upstream.TransportSession;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a server as bytes both ways. It is its pipeline's last handler: in front of it are at most a TLS
 * session, and one that keeps an epoll socket half-closed. Its listener changes when it becomes the end of a tunnel.
 * Confined to the event loop.
 */
public final class Transport extends ChannelInboundHandlerAdapter implements TunnelEnd {
    private final String serverName;
    private final TurnFlush turn;
    private final SpliceSource splices = new SpliceSource(this);
    private @Nullable Channel channel;
    private @Nullable WriteBurst burst;
    private @Nullable ReadGate gate;
    private @Nullable TransportListener listener;
    private @Nullable TransportSession session;
    private @Nullable Origin origin;
    private State state = State.MESSAGES;
    private boolean drained;

    private enum State {
        /** Carries messages, whose protocol knows where they end; a server that ends its stream closes. */
        MESSAGES,
        /** Carries bytes, and each direction ends on its own. */
        TUNNEL,
        /** The server only has to take the last writes. */
        ENDING,
        CLOSED
    }

    /**
     * @param serverName for messages
     * @param turn of the event loop
     */
    public Transport(String serverName, TurnFlush turn) {
        this.serverName = serverName;
        this.turn = turn;
    }

    /** Sets the listener. */
    public void listener(TransportListener next) {
        listener = next;
    }

    /** It is in a TLS session from now on; before anything was read or written. */
    public void secure(TransportSession by) {
        session = by;
    }

    /** The TLS session; null for a connection in the clear. */
    public @Nullable Connection session() {
        return session == null ? null : session.connection();
    }

    /** It is open, and leads there. */
    public void leads(Origin to) {
        origin = to;
    }

    /** Whether it may carry another request: see {@link Origin#isCurrent}. */
    public boolean isCurrent() {
        return origin == null || origin.isCurrent();
    }

    /**
     * Gives its place in the channel to another handler, and is of no use any more; before anything was read.
     *
     * @param next ends the connection at {@link ChannelInputShutdownEvent}: close_notify, whatever becomes of the
     *     socket
     */
    public void handOver(ChannelHandler next) {
        state = State.CLOSED;
        channel().pipeline().replace(this, null, next);
    }

    /** Writes to the server; the connection must be open. */
    public WriteBurst burst() {
        if (burst == null) {
            throw new IllegalStateException("not connected to " + serverName);
        }
        return burst;
    }

    @Override
    public void begin(TunnelListener next) {
        state = State.TUNNEL;
        listener = new TunnelSide(next);
        if (session == null) { // of a session, it is allowed already
            HalfClosedEpoll.allow(channel());
        }
    }

    @Override
    public void write(ByteBuf bytes) {
        burst().write(bytes);
    }

    @Override
    public void flush() {
        if (burst != null && state != State.CLOSED) {
            burst.flush();
        }
    }

    @Override
    public boolean isWritable() {
        return channel != null && channel.isWritable();
    }

    @Override
    public void read(boolean on) {
        gate().hold(Holder.CLIENT, !on);
    }

    /**
     * True if the last read emptied the socket. Of a session, that is known once its read burst is over: before, more
     * records may follow.
     */
    public boolean isDrained() {
        return session == null ? drained : session.isDrained();
    }

    /** Whether the session has received more than it has delivered; false in the clear. */
    public boolean holdsInput() {
        return session != null && session.holdsInput();
    }

    /** True if all writes have left for the socket. */
    public boolean isAllSent() {
        ChannelOutboundBuffer unsent = channel().unsafe().outboundBuffer();
        return burst().isFlushed() && unsent != null && unsent.isEmpty();
    }

    @Override
    public void spliceTo(@Nullable SpliceTarget target) {
        if (state == State.TUNNEL) {
            spliceTo(target, Long.MAX_VALUE);
        }
    }

    /**
     * Splices further bytes to a client, if its session can do that now; otherwise nothing changes. Call it after a
     * read burst and its flush. The listener gets {@link TransportListener#onSpliced}, and later bytes in the ordinary
     * way.
     *
     * @param bytes most bytes to splice
     */
    public void spliceTo(@Nullable SpliceTarget target, long bytes) {
        if (target != null && session == null) {
            splices.begin(target, channel(), gate(), bytes);
        }
    }

    @Override
    public void stopSplicing() {
        splices.stop();
    }

    void onSpliced(int bytes) {
        if (listener != null) {
            drained = false;
            listener.onSpliced(bytes);
        }
    }

    void onSplicePaused() {
        if (listener != null) {
            listener.onReadComplete();
        }
    }

    /** @return true if later bytes are to be read in the ordinary way */
    boolean onSpliceEnded(@Nullable IOException failure) {
        if (failure != null) {
            fail("reset");
        }
        return state != State.CLOSED;
    }

    @Override
    public void shutdownOutput() {
        flush();
        if (session != null) {
            HalfClose.write(channel());
            return;
        }
        channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess() && channel() instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            }
        });
    }

    @Override
    public void whenWritten(Runnable task) {
        flush();
        channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> task.run());
    }

    @Override
    public void endBehindWrites(boolean cut, long limitNs) {
        flush();
        listener = null;
        if (state == State.CLOSED) {
            return;
        }
        state = State.ENDING;
        stopSplicing();
        read(true);
        LastWrites.end(channel().pipeline().context(this), cut, limitNs);
    }

    /** Closes at once; no call to the listener follows. */
    @Override
    public void close() {
        toClosed();
        if (channel != null) {
            channel.close();
        }
    }

    /** Closes at once with a reset; no call to the listener follows. */
    @Override
    public void reset() {
        toClosed();
        if (channel != null) {
            Abort.close(channel);
        }
    }

    /** Closes at once; the listener gets the reason. */
    public void fail(String problem) {
        end(problem);
    }

    private void end(@Nullable String problem) {
        TransportListener last = toClosed();
        channel().close();
        if (last != null) {
            last.onClosed(problem);
        }
    }

    private @Nullable TransportListener toClosed() {
        TransportListener last = listener;
        listener = null;
        state = State.CLOSED;
        splices.close();
        if (burst != null) {
            burst.drop();
        }
        return last;
    }

    private Channel channel() {
        if (channel == null) {
            throw new IllegalStateException("no channel to " + serverName);
        }
        return channel;
    }

    private ReadGate gate() {
        if (gate == null) {
            throw new IllegalStateException("no channel to " + serverName);
        }
        return gate;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        gate = ReadGate.of(ctx.channel());
        burst = new WriteBurst(ctx, turn);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        // A read that did not fill its buffer has left nothing in the socket.
        drained = in.isWritable();
        try {
            while (in.isReadable() && state != State.CLOSED) {
                TransportListener to = listener;
                if (to == null) {
                    in.skipBytes(in.readableBytes());
                } else {
                    to.onBytes(in);
                }
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (listener != null) {
            listener.onReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (listener != null && ctx.channel().isWritable()) {
            listener.onWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof ChannelInputShutdownEvent)) {
            return;
        }
        if (listener instanceof TunnelSide tunnel) {
            splices.stop();
            tunnel.listener().onInputEnded();
        } else if (state == State.MESSAGES) { // close_notify, whatever becomes of the socket
            end(null);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (state == State.MESSAGES
                && cause instanceof ChannelOutputShutdownException
                && cause.getCause() instanceof IOException) {
            return; // The server takes no more of the request. Its answer, or its end, is still to be read.
        }
        if (cause instanceof PeerAlertException alert) {
            fail(String.valueOf(alert.getMessage()));
        } else if (cause instanceof IOException) {
            fail("reset");
        } else {
            fail(BufferFailures.counts(cause) ? "no memory for what it sends" : cause.toString());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        TransportListener last = toClosed();
        if (last != null) {
            // A session whose stream is complete has closed before (RFC 9112 §9.8).
            last.onClosed(session == null ? null : "closed without close_notify");
        }
    }
}
