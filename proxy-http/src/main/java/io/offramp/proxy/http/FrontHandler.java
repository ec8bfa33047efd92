package io.offramp.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.offramp.offload.error.OffloadException;
import io.offramp.proxy.budget.BufferFailures;
import io.offramp.proxy.budget.Holding;
import io.offramp.proxy.budget.Shed;
import io.offramp.proxy.budget.ShedEvent;
import io.offramp.proxy.channel.Abort;
import io.offramp.proxy.channel.Deadline;
import io.offramp.proxy.channel.DrainEvent;
import io.offramp.proxy.channel.FinEvent;
import io.offramp.proxy.channel.HalfClose;
import io.offramp.proxy.channel.HalfClosedEpoll;
import io.offramp.proxy.channel.WriteBurst;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.http.codec.MessageReader;
import io.offramp.proxy.upstream.Tunnel;
import io.offramp.proxy.upstream.UpstreamLoop;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: takes requests one after the other and hands each to an {@link HttpExchange}. Input that the
 * current exchange cannot take waits here, and reading pauses, so a client that pipelines costs one read burst and no
 * more.
 */
final class FrontHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(FrontHandler.class);

    /**
     * How long input is discarded behind an answer that came before its request was complete, so that no reset destroys
     * it.
     */
    static final long LINGER_NS = TimeUnit.SECONDS.toNanos(2);

    /** While memory is short, what takes longer than this goes. */
    private static final long SHED_AFTER_NS = TimeUnit.SECONDS.toNanos(1);

    private final HttpFrontSettings settings;
    private final ArrayDeque<ByteBuf> inbox = new ArrayDeque<>(2);
    private final MessageReader reader;
    private ChannelHandlerContext ctx;
    private UpstreamLoop loop;
    private WriteBurst burst;
    private Deadline deadline;
    private Holding held;
    private ClientPace pace;
    private @Nullable Deadline requestEnd;
    private Connection connection;
    private @Nullable ClientFields fields;
    private @Nullable HttpExchange exchange;
    private @Nullable Tunnel tunnel;
    private Phase phase = Phase.IDLE;
    private boolean taking;
    private boolean reading = true;
    private boolean inputEnded;
    private boolean draining;
    private boolean closing;
    private boolean discarding;
    private boolean told;

    private enum Phase {
        /** Between requests. */
        IDLE,
        /** Within a request's head. */
        HEAD,
        /** A request is with its exchange. */
        EXCHANGE,
        /** Bytes pass both ways. */
        TUNNEL,
        /** The last answer is out; what still comes in is discarded. */
        LINGERING,
        /** Closed, or about to be. */
        CLOSED
    }

    @SuppressWarnings("NullAway.Init") // the rest is set by handlerAdded
    FrontHandler(HttpFrontSettings settings) {
        this.settings = settings;
        reader = settings.newReader();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        connection = context.channel().attr(Connection.KEY).get();
        if (context.channel().isRegistered()) {
            start();
        }
    }

    @Override
    public void channelRegistered(ChannelHandlerContext context) {
        start();
        context.fireChannelRegistered();
    }

    private void start() {
        if (loop == null) {
            loop = settings.upstreams().on(ctx.channel().eventLoop());
            held = settings.budget().on(ctx.channel().eventLoop()).holding();
            burst = new WriteBurst(ctx, loop.turnFlush());
            deadline = new Deadline(ctx.executor(), settings.shortestNs(), this::onDeadline);
            pace = new ClientPace(
                    ctx.channel(), ctx.executor(), burst, settings.bodyNs(), settings.leastBytes(), this::onTooSlow);
            if (settings.requestNs() > 0) {
                requestEnd = new Deadline(ctx.executor(), settings.requestNs(), this::onRequestEndPassed);
            }
            deadline.in(settings.idleNs());
        }
    }

    ChannelHandlerContext ctx() {
        return ctx;
    }

    HttpFrontSettings settings() {
        return settings;
    }

    UpstreamLoop loop() {
        return loop;
    }

    WriteBurst burst() {
        return burst;
    }

    Connection connection() {
        return connection;
    }

    Deadline deadline() {
        return deadline;
    }

    ClientFields fields() {
        ClientFields known = fields;
        if (known == null) {
            known = ClientFields.of(connection, settings.trustedProxies());
            fields = known;
        }
        return known;
    }

    boolean isWritable() {
        return ctx.channel().isWritable();
    }

    boolean isDraining() {
        return draining;
    }

    /** The client has to read, or to send; what is expected of others waits for that. */
    void awaitClient() {
        deadline.clear();
        pace.await();
    }

    /** The upstream has to take the request, or to answer. */
    void awaitUpstream() {
        pace.rest();
        deadline.in(settings.answerNs());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (phase == Phase.EXCHANGE) {
            pace.onReceived(in.readableBytes());
        }
        inbox.addLast(in);
        resume();
    }

    /**
     * Takes what waits; called whenever there is more of it, the exchange may have room, or the next request its turn.
     */
    void resume() {
        if (taking) {
            return;
        }
        taking = true;
        boolean blocked = false;
        try {
            while (!blocked && !inbox.isEmpty()) {
                ByteBuf in = inbox.removeFirst();
                try {
                    blocked = !take(in);
                } finally {
                    if (in.isReadable() && phase != Phase.CLOSED) {
                        inbox.addFirst(in);
                    } else {
                        in.release();
                    }
                }
            }
        } finally {
            taking = false;
        }
        held.set(heldBytes());
        if (phase != Phase.CLOSED) {
            read(!blocked);
            if (!blocked && inputEnded) {
                onAllTaken();
            }
        }
    }

    /** Heap that this client's current head takes. */
    private long heldBytes() {
        return switch (phase) {
            case HEAD -> reader.heldBytes();
            case EXCHANGE -> exchange().heldBytes();
            case IDLE, TUNNEL, LINGERING, CLOSED -> 0;
        };
    }

    /** Takes what the phase allows; false if the rest has to wait. */
    private boolean take(ByteBuf in) {
        while (in.isReadable()) {
            switch (phase) {
                case IDLE -> {
                    // Answers to a client that does not read would pile up.
                    if (!isWritable()) {
                        return false;
                    }
                    if (reader.begins(in)) {
                        beginRequest();
                    }
                }
                case HEAD -> readHead(in);
                case EXCHANGE -> {
                    if (!exchange().takesBody()) {
                        return false;
                    }
                    readBody(in);
                }
                case TUNNEL -> tunnel().fromClient(in);
                case LINGERING, CLOSED -> {
                    in.skipBytes(in.readableBytes());
                    discarding = true;
                }
            }
        }
        return true;
    }

    private void beginRequest() {
        phase = Phase.HEAD;
        pace.rest();
        exchange = new HttpExchange(this);
        deadline.in(settings.headNs());
        if (requestEnd != null) {
            requestEnd.in(settings.requestNs());
        }
    }

    private void readHead(ByteBuf in) {
        switch (reader.read(in)) {
            case HEAD -> {
                phase = Phase.EXCHANGE;
                exchange().start(reader.takeHead(), reader.framing(), reader.problem());
            }
            case REFUSED -> refuse();
            default -> {}
        }
    }

    private void readBody(ByteBuf in) {
        switch (reader.read(in)) {
            case PIECE -> exchange().onRequestBody(reader.takePiece(), reader.isComplete());
            case END -> exchange().onRequestEnd(reader.trailers());
            case REFUSED -> refuse();
            default -> {}
        }
    }

    private void refuse() {
        phase = Phase.EXCHANGE;
        exchange()
                .refuse(
                        switch (reader.refusal()) {
                            case LINE_TOO_LONG -> Refusal.LINE_TOO_LONG;
                            case TOO_LARGE -> Refusal.HEAD_TOO_LARGE;
                            case VERSION -> Refusal.VERSION;
                            default -> Refusal.BAD_REQUEST;
                        },
                        reader.problem());
    }

    private HttpExchange exchange() {
        if (exchange == null) {
            throw new IllegalStateException("no exchange in phase " + phase);
        }
        return exchange;
    }

    private Tunnel tunnel() {
        if (tunnel == null) {
            throw new IllegalStateException("no tunnel in phase " + phase);
        }
        return tunnel;
    }

    /** Pauses or resumes reading from the client. */
    void read(boolean on) {
        if (reading != on) {
            reading = on;
            ctx.channel().config().setAutoRead(on);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (tunnel != null) {
            tunnel.onClientReadComplete();
        } else if (exchange != null && phase == Phase.EXCHANGE) {
            exchange.onClientReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        boolean writable = context.channel().isWritable();
        if (tunnel != null) {
            if (writable) {
                tunnel.onClientWritable();
            }
        } else if (phase == Phase.EXCHANGE) {
            exchange().onClientWritabilityChanged();
        } else if (phase == Phase.IDLE) {
            awaitRequest();
            resume();
        }
    }

    /** Between requests: for the next, if the client reads the answers to those before. */
    private void awaitRequest() {
        if (isWritable()) {
            pace.rest();
            deadline.in(settings.idleNs());
        } else {
            awaitClient();
        }
    }

    /** The exchange is over and its answer is written, but not flushed. */
    void onExchangeDone(boolean keepAlive, boolean requestComplete) {
        if (phase == Phase.CLOSED) {
            return;
        }
        exchange = null;
        if (keepAlive && !draining) {
            phase = Phase.IDLE;
            burst.flush();
            awaitRequest();
            resume();
        } else if (requestComplete) {
            closeBehindWrites();
        } else {
            endInput();
            awaitClient();
            burst.flush();
            // A client that reads to the end need not wait for ours.
            HalfClose.write(ctx.channel()).addListener(written -> linger());
            resume();
        }
    }

    /** Nothing of what still comes in is of interest. */
    private void endInput() {
        phase = Phase.LINGERING;
        reader.close();
    }

    /** The exchange has become a tunnel, which is told everything from now on. */
    void onTunnel(Tunnel opened) {
        exchange = null;
        tunnel = opened;
        pace.rest();
        phase = Phase.TUNNEL;
        resume();
        opened.onClientReadComplete();
    }

    /** Ends the connection in order, behind what was written. */
    void closeBehindWrites() {
        if (closing) {
            return;
        }
        closing = true;
        endInput();
        awaitClient();
        burst.pass();
        // As a task, so that what waits to be taken is.
        HalfClose.flush(ctx).addListener(written -> ctx.executor().execute(this::onLastWritten));
        resume();
    }

    // = RFC 9112 §9.6
    // # If a server performs an immediate close of a TCP connection, there is a significant risk that the client will
    // not be
    // # able to read the last HTTP response.
    // The kernel resets a connection that is closed with input unread, and forgets what it had to send.
    private void onLastWritten() {
        if (!discarding || inputEnded || !ctx.channel().isActive()) {
            ctx.close();
        } else {
            told = true;
            linger();
            HalfClose.write(ctx.channel());
        }
    }

    private void linger() {
        if (phase == Phase.LINGERING) {
            pace.rest();
            deadline.in(LINGER_NS);
        }
    }

    /** Ends the connection at once: what the client has of an answer stays visibly incomplete. */
    void abort(boolean answerEndsWithConnection) {
        deadline.cancel();
        pace.cancel();
        phase = Phase.CLOSED;
        if (answerEndsWithConnection) {
            Abort.close(ctx.channel());
        } else {
            ctx.close();
        }
    }

    private void onDeadline() {
        switch (phase) {
            case IDLE -> closeBehindWrites();
            case LINGERING -> ctx.close();
            case HEAD -> {
                phase = Phase.EXCHANGE;
                exchange().refuse(Refusal.REQUEST_TIMEOUT, "head incomplete");
            }
            case EXCHANGE -> exchange().onDeadline();
            case TUNNEL -> tunnel().onDeadline();
            case CLOSED -> {}
        }
    }

    private void onRequestEndPassed() {
        if (phase == Phase.HEAD || phase == Phase.EXCHANGE && !exchange().isRequestComplete()) {
            phase = Phase.EXCHANGE;
            exchange().refuse(Refusal.REQUEST_TIMEOUT, "request takes too long");
        }
    }

    private void onTooSlow() {
        switch (phase) {
            case EXCHANGE -> exchange().onClientTooSlow();
            case IDLE, HEAD, LINGERING -> abort(true);
            case TUNNEL, CLOSED -> {}
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            HalfClosedEpoll.keep(context.channel());
            inputEnded = true;
            if (inbox.isEmpty()) {
                onAllTaken();
            }
        } else if (event == FinEvent.INSTANCE) {
            onFin();
        } else if (event == ShedEvent.INSTANCE) {
            onShed();
        } else if (event == DrainEvent.INSTANCE) {
            draining = true;
            if (phase == Phase.IDLE) {
                closeBehindWrites();
            }
        } else if (event == DrainEvent.NEW_CONNECTION) {
            draining = true;
            if (phase == Phase.IDLE) {
                deadline.in(settings.headNs());
            }
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    /** Memory is short: gives up what has waited for the client for a while. */
    private void onShed() {
        if (phase == Phase.TUNNEL) {
            tunnel().shed(settings.budget());
        } else if (pace.isStalled(SHED_AFTER_NS)) {
            settings.budget().onShed(Shed.STALLED);
            onTooSlow();
        } else if (phase == Phase.IDLE && settings.idleNs() - deadline.leftNs() >= SHED_AFTER_NS) {
            settings.budget().onShed(Shed.IDLE);
            closeBehindWrites();
        } else if (phase == Phase.HEAD && settings.headNs() - deadline.leftNs() >= SHED_AFTER_NS) {
            settings.budget().onShed(Shed.HEAD);
            phase = Phase.EXCHANGE;
            exchange().refuse(Refusal.OVERLOADED, "head incomplete while memory is short");
        }
    }

    /** The client has ended its stream, and all of it was taken. */
    private void onAllTaken() {
        switch (phase) {
            case IDLE -> closeBehindWrites();
            case LINGERING -> {
                if (told) {
                    ctx.close();
                } else {
                    closeBehindWrites();
                }
            }
            case HEAD -> ctx.close();
            case EXCHANGE -> {
                if (!exchange().isRequestComplete()) {
                    ctx.close();
                }
            }
            case TUNNEL -> tunnel().onClientInputEnded();
            case CLOSED -> {}
        }
    }

    /** Nobody waits for an answer that has not begun. One that has goes on: if the client has left, it resets. */
    private void onFin() {
        HttpExchange left = exchange;
        if (settings.abortsOnFin() && phase == Phase.EXCHANGE && left != null && !left.isAnswered()) {
            exchange = null;
            left.onClientGone();
            abort(false);
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
        phase = Phase.CLOSED;
        if (loop != null) {
            deadline.cancel();
            pace.cancel();
            held.clear();
            if (requestEnd != null) {
                requestEnd.cancel();
            }
            burst.drop();
        }
        if (tunnel != null) {
            tunnel.onClientGone();
            tunnel = null;
        }
        if (exchange != null) {
            exchange.onClientGone();
            exchange = null;
        }
        while (!inbox.isEmpty()) {
            inbox.removeFirst().release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException || cause instanceof OffloadException || BufferFailures.counts(cause)) {
            // The peer's doing, or that of all clients together, and told elsewhere where it is worth telling.
            LOG.debug("connection {}: {}", connection.id(), cause.toString());
        } else {
            LOG.warn("connection {} is closed", connection.id(), cause);
        }
        context.close();
    }
}
