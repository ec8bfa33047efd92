package io.offramp.proxy.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.offramp.offload.error.OffloadException;
import io.offramp.proxy.budget.BufferFailures;
import io.offramp.proxy.budget.ShedEvent;
import io.offramp.proxy.channel.Deadline;
import io.offramp.proxy.channel.DrainEvent;
import io.offramp.proxy.channel.ReadGate;
import io.offramp.proxy.channel.WriteBurst;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.tunnel.Tunnel;
import io.offramp.proxy.tunnel.TunnelEnd;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of a client's channel, for any protocol: its writes, its deadline and its end. The handlers in front
 * of it look like a TCP channel. Confined to the event loop.
 */
public abstract class ClientHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ClientHandler.class);

    private final Upstreams upstreams;
    private final long shortestNs;
    private ChannelHandlerContext ctx;
    private Connection connection;
    private ReadGate gate;
    private UpstreamLoop loop;
    private WriteBurst burst;
    private Deadline deadline;
    private boolean inputEnded;

    /** @param shortestNs shortest time that a deadline is usually away */
    @SuppressWarnings("NullAway.Init") // the rest is set by handlerAdded
    protected ClientHandler(Upstreams upstreams, long shortestNs) {
        this.upstreams = upstreams;
        this.shortestNs = shortestNs;
    }

    @Override
    public final void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        connection = context.channel().attr(Connection.KEY).get();
        gate = ReadGate.of(context.channel());
        if (context.channel().isRegistered()) {
            start();
        }
        if (context.channel().isActive()) {
            onActive();
        }
    }

    @Override
    public final void channelRegistered(ChannelHandlerContext context) {
        start();
        context.fireChannelRegistered();
    }

    @Override
    public final void channelActive(ChannelHandlerContext context) {
        onActive();
        context.fireChannelActive();
    }

    private void start() {
        if (loop == null) {
            loop = upstreams.on(ctx.channel().eventLoop());
            burst = new WriteBurst(ctx, loop.turnFlush());
            deadline = new Deadline(ctx.executor(), shortestNs, this::onDeadline);
            onStart();
        }
    }

    /** The channel has its event loop; once. */
    protected void onStart() {}

    /** The channel is connected; more than once if the handler was added late. */
    protected void onActive() {}

    /** The deadline has passed. */
    protected abstract void onDeadline();

    /** The client has ended its stream; what it sent before may not be taken yet. */
    protected abstract void onInputEnded();

    /** The time that a drain gives is over; the channel is closed a moment later. */
    protected abstract void onDrainOver();

    /** Memory is short: shed the least useful work. */
    protected abstract void onShed();

    /** The channel is gone; may come more than once. */
    protected abstract void onGone();

    /** Some other event; false to pass it on. */
    protected boolean onEvent(Object event) {
        return false;
    }

    /** The context of this handler. */
    protected final ChannelHandlerContext ctx() {
        return ctx;
    }

    /** The client's connection. */
    protected final Connection connection() {
        return connection;
    }

    /** The gate of the client's reading. */
    protected final ReadGate gate() {
        return gate;
    }

    /** Connections to servers on this event loop. */
    protected final UpstreamLoop loop() {
        return loop;
    }

    /** Writes to the client. */
    protected final WriteBurst burst() {
        return burst;
    }

    /** The current deadline. */
    protected final Deadline deadline() {
        return deadline;
    }

    /** True if the client has ended its stream. */
    protected final boolean isInputEnded() {
        return inputEnded;
    }

    /** The cause of an end that was not in order, for the log. */
    public final String departure() {
        return connection.departure();
    }

    /** A tunnel between this client and a server. */
    protected final Tunnel tunnel(TunnelEnd server, long idleNs, long takeNs, Tunnel.Listener listener) {
        return new Tunnel(new ClientEnd(ctx, burst, gate), server, deadline, idleNs, takeNs, listener);
    }

    @Override
    public final void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            inputEnded = true;
            onInputEnded();
        } else if (event == DrainEvent.OVER) {
            connection.onDrained();
            onDrainOver();
        } else if (event == ShedEvent.INSTANCE) {
            onShed();
        } else if (!onEvent(event)) {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public final void channelInactive(ChannelHandlerContext context) {
        end();
        context.fireChannelInactive();
    }

    @Override
    public final void handlerRemoved(ChannelHandlerContext context) {
        end();
    }

    private void end() {
        if (loop != null) {
            deadline.cancel();
            burst.drop();
        }
        onGone();
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException || cause instanceof OffloadException || BufferFailures.counts(cause)) {
            // Caused by the peer, or by all clients together; logged elsewhere if it deserves a line.
            LOG.debug("connection {}: {}", connection.id(), cause.toString());
        } else {
            LOG.warn("connection {} is closed", connection.id(), cause);
        }
        context.close();
    }
}
