package io.offramp.proxy.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.offramp.proxy.budget.BufferFailures;
import io.offramp.proxy.budget.ShedEvent;
import io.offramp.proxy.channel.Abort;
import io.offramp.proxy.channel.Deadline;
import io.offramp.proxy.channel.HalfClosedEpoll;
import io.offramp.proxy.channel.WriteBurst;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.exchange.ExchangeListener;
import io.offramp.proxy.tls.Negotiated;
import io.offramp.proxy.upstream.AnswerListener;
import io.offramp.proxy.upstream.Tunnel;
import io.offramp.proxy.upstream.UpstreamConnection;
import io.offramp.proxy.upstream.UpstreamLoop;
import io.offramp.proxy.upstream.UpstreamServer;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's connection in TCP mode: finds a server that accepts, then is a {@link Tunnel}. */
final class TcpHandler extends ChannelInboundHandlerAdapter implements AnswerListener {
    private static final Logger LOG = LoggerFactory.getLogger(TcpHandler.class);

    private final TcpFrontSettings settings;
    private final long startNs = System.nanoTime();
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>(2);
    private ChannelHandlerContext ctx;
    private UpstreamLoop loop;
    private WriteBurst burst;
    private Deadline deadline;
    private Connection connection;
    private @Nullable UpstreamConnection upstream;
    private @Nullable UpstreamServer server;
    private @Nullable Tunnel tunnel;
    private String lastProblem = "no server is available";
    private long tried;
    private boolean inputEnded;
    private boolean done;

    @SuppressWarnings("NullAway.Init") // the rest is set by handlerAdded
    TcpHandler(TcpFrontSettings settings) {
        this.settings = settings;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        connection = context.channel().attr(Connection.KEY).get();
        if (context.channel().isActive()) {
            start();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        start();
        context.fireChannelActive();
    }

    private void start() {
        if (loop == null) {
            loop = settings.upstreams().on(ctx.channel().eventLoop());
            burst = new WriteBurst(ctx, loop.turnFlush());
            deadline = new Deadline(ctx.executor(), settings.tunnelNs(), this::onDeadline);
            tryNextServer();
        }
    }

    private void tryNextServer() {
        UpstreamServer next = loop.next(settings.group(), tried);
        if (next == null) {
            finish(0, 0, lastProblem);
            Abort.close(ctx.channel());
            return;
        }
        server = next;
        UpstreamConnection opening = loop.prepare(settings.group(), next, ctx.alloc(), this);
        upstream = opening;
        opening.connect();
    }

    @Override
    public void onConnectFailed(UpstreamServer failed, Throwable cause) {
        tried |= failed.bit();
        lastProblem = "connect to " + failed.name() + ": " + cause.getMessage();
        tryNextServer();
    }

    @Override
    public void onConnected(UpstreamConnection opened) {
        Tunnel pipe = new Tunnel(ctx, burst, opened, deadline, settings.tunnelNs(), settings.takeNs());
        pipe.onClosed(problem -> finish(pipe.fromClientBytes(), pipe.toClientBytes(), problem));
        opened.reserve(pipe);
        opened.becomeTunnel();
        tunnel = pipe;
        while (!early.isEmpty()) {
            ByteBuf in = early.removeFirst();
            pipe.fromClient(in);
            in.release();
        }
        pipe.onClientReadComplete();
        if (opened.isWritable()) {
            ctx.channel().config().setAutoRead(true);
        }
        if (inputEnded) {
            pipe.onClientInputEnded();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (done) {
            in.release();
        } else if (tunnel == null) {
            // Until a server has accepted, one read burst waits here and the rest in the socket.
            early.addLast(in);
            context.channel().config().setAutoRead(false);
        } else {
            tunnel.fromClient(in);
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (tunnel != null) {
            tunnel.onClientReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (tunnel != null && context.channel().isWritable()) {
            tunnel.onClientWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ShedEvent.INSTANCE) {
            if (tunnel != null) {
                tunnel.shed(settings.budget());
            }
            return;
        }
        if (event != ChannelInputShutdownEvent.INSTANCE) {
            context.fireUserEventTriggered(event);
            return;
        }
        HalfClosedEpoll.keep(context.channel());
        inputEnded = true;
        if (tunnel != null) {
            tunnel.onClientInputEnded();
        }
    }

    private void onDeadline() {
        if (tunnel != null) {
            tunnel.onDeadline();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end();
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        end();
    }

    private void end() {
        if (loop != null) {
            deadline.cancel();
            burst.drop();
        }
        while (!early.isEmpty()) {
            early.removeFirst().release();
        }
        if (tunnel != null) {
            tunnel.onClientGone();
        } else {
            if (upstream != null) {
                upstream.abort();
            }
            finish(0, 0, "client left");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException || BufferFailures.counts(cause)) {
            LOG.debug("connection {}: {}", connection.id(), cause.toString());
        } else {
            LOG.warn("connection {} is closed", connection.id(), cause);
        }
        context.close();
    }

    private void finish(long fromClient, long toClient, @Nullable String problem) {
        ExchangeListener log = settings.accessLog();
        if (done || log == null) {
            done = true;
            return;
        }
        done = true;
        Negotiated tls = connection.tls();
        log.onFinished(new AccessEntry(
                connection,
                "TCP",
                "-",
                tls == null ? null : tls.serverName(),
                0,
                fromClient,
                toClient,
                System.nanoTime() - startNs,
                server == null ? null : server.name(),
                problem));
    }

    @Override
    public void onBody(ByteBuf piece) {
        piece.release();
    }

    @Override
    public void onReadComplete() {}

    @Override
    public void onWritable() {}

    @Override
    public void onFailed(String problem, boolean answered) {
        // Between two listeners nothing can fail: the tunnel takes over within onConnected.
        finish(0, 0, problem);
        ctx.close();
    }
}
