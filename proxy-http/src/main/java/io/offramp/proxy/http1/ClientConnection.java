package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.offramp.proxy.budget.Holding;
import io.offramp.proxy.budget.Shed;
import io.offramp.proxy.channel.Abort;
import io.offramp.proxy.channel.DrainEvent;
import io.offramp.proxy.channel.FinEvent;
import io.offramp.proxy.channel.ReadGate.Holder;
import io.offramp.proxy.client.ClientHandler;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.ClientStreamListener;
import io.offramp.proxy.exchange.Exchange;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.tunnel.Tunnel;
import io.offramp.proxy.tunnel.TunnelEnd;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1 on one client's connection: takes requests one after the other and hands each to an {@link Exchange}. Input
 * that the current exchange cannot take waits here, and reading pauses, so a client that pipelines costs one read burst
 * and no more.
 */
final class ClientConnection extends ClientHandler {
    private final HttpFrontSettings settings;
    private final Inbox inbox = new Inbox();
    private final Predicate<ByteBuf> taker = this::take;
    private final RequestReader reader;
    private final Farewell farewell = new Farewell(this);
    private Http1ClientStream stream;
    private Holding held;
    private Waits waits;
    private @Nullable ClientStreamListener exchange;
    private @Nullable Tunnel tunnel;
    private Phase phase = Phase.IDLE;
    private boolean draining;

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

    @SuppressWarnings("NullAway.Init") // the rest is set by onStart
    ClientConnection(HttpFrontSettings settings) {
        super(settings.upstreams(), settings.shortestNs());
        this.settings = settings;
        reader = new RequestReader(settings.heads());
    }

    @Override
    protected void onStart() {
        stream = new Http1ClientStream(this, burst(), settings);
        held = settings.budget().on(channel().eventLoop()).holding();
        waits = new Waits(ctx(), burst(), settings, deadline(), this::onTooSlow, this::onRequestEndPassed);
    }

    Channel channel() {
        return ctx().channel();
    }

    Connection client() {
        return connection();
    }

    boolean isDraining() {
        return draining;
    }

    boolean isRequestComplete() {
        return exchange != null && exchange.isRequestComplete();
    }

    boolean hasInputEnded() {
        return isInputEnded();
    }

    Waits waits() {
        return waits;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (phase == Phase.EXCHANGE) {
            waits.onReceived(in.readableBytes());
        }
        inbox.add(in);
        resume();
    }

    /** Takes waiting bytes: when more have come, the exchange may have room, or the next request may begin. */
    void resume() {
        if (inbox.isTaking()) {
            return;
        }
        boolean blocked = !inbox.take(taker);
        countHeld();
        if (phase != Phase.CLOSED) {
            gate().hold(Holder.FRONT, blocked);
            if (!blocked && isInputEnded()) {
                onAllTaken();
            }
        }
    }

    /** Counts the heap that this client's current request takes. */
    void countHeld() {
        held.set(
                switch (phase) {
                    case HEAD -> reader.heldBytes();
                    case EXCHANGE -> exchange().heldBytes();
                    case IDLE, TUNNEL, LINGERING, CLOSED -> 0;
                });
    }

    /** Takes what the phase allows; false if the rest has to wait. */
    private boolean take(ByteBuf in) {
        while (in.isReadable()) {
            switch (phase) {
                case IDLE -> {
                    // Answers to a client that does not read would pile up.
                    if (!channel().isWritable()) {
                        return false;
                    }
                    if (reader.begins(in)) {
                        beginRequest();
                    }
                }
                case HEAD -> {
                    if (reader.readHead(in)) {
                        phase = Phase.EXCHANGE;
                        reader.tellHead(stream, exchange());
                    }
                }
                case EXCHANGE -> {
                    if (!reader.readBody(in, exchange())) {
                        return false;
                    }
                }
                case TUNNEL -> tunnel().fromClient(in);
                case LINGERING, CLOSED -> farewell.discard(in);
            }
        }
        return true;
    }

    private void beginRequest() {
        phase = Phase.HEAD;
        stream.begin();
        exchange = new Exchange(stream, settings, loop());
        waits.forHead();
    }

    private void refuse(Refusal refusal, @Nullable String why) {
        phase = Phase.EXCHANGE;
        exchange().refuse(refusal, why);
    }

    private ClientStreamListener exchange() {
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
            waits.forRequest(writable);
            resume();
        }
    }

    /** The exchange is over and its answer is written, but not flushed. */
    void onExchangeDone(boolean keepAlive) {
        if (phase == Phase.CLOSED) {
            return;
        }
        boolean requestComplete = isRequestComplete();
        exchange = null;
        if (keepAlive && !draining) {
            phase = Phase.IDLE;
            burst().flush();
            waits.forRequest(channel().isWritable());
            resume();
        } else if (requestComplete) {
            farewell.closeBehindWrites();
        } else {
            endInput();
            waits.forClient();
            burst().flush();
            farewell.endBehindAnswer(ctx());
        }
    }

    /** Discards later input. */
    private void endInput() {
        phase = Phase.LINGERING;
        reader.close();
    }

    /** The exchange has become a tunnel, which gets all later events. */
    void becomeTunnel(TunnelEnd server, long idleNs, boolean webSocket, Tunnel.Listener listener) {
        Tunnel opened = tunnel(server, idleNs, settings.bodyNs(), listener);
        opened.carry(webSocket);
        exchange = null;
        tunnel = opened;
        waits.forTunnel();
        phase = Phase.TUNNEL;
        resume();
        opened.onClientReadComplete();
    }

    /** Takes no more requests and closes behind the writes, which the caller flushes. */
    ChannelHandlerContext beginFarewell() {
        endInput();
        waits.forClient();
        burst().pass();
        return ctx();
    }

    /** The client has its last answer; it may go on sending for a while. */
    void linger() {
        if (phase == Phase.LINGERING) {
            waits.toLinger();
        }
    }

    /** Ends the connection at once: a begun answer stays visibly incomplete. */
    void abort(boolean answerEndsWithConnection) {
        waits.cancel();
        phase = Phase.CLOSED;
        if (answerEndsWithConnection) {
            Abort.close(channel());
        } else {
            ctx().close();
        }
    }

    @Override
    protected void onDeadline() {
        switch (phase) {
            case IDLE -> farewell.closeBehindWrites();
            case LINGERING -> ctx().close();
            case HEAD -> refuse(Refusal.REQUEST_TIMEOUT, "head incomplete");
            case EXCHANGE -> exchange().onDeadline();
            case TUNNEL -> tunnel().onDeadline();
            case CLOSED -> {}
        }
    }

    private void onRequestEndPassed() {
        if (phase == Phase.HEAD || phase == Phase.EXCHANGE && !exchange().isRequestComplete()) {
            refuse(Refusal.REQUEST_TIMEOUT, "request takes too long");
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
    protected boolean onEvent(Object event) {
        if (event == FinEvent.INSTANCE) {
            onFin();
        } else if (event == DrainEvent.INSTANCE) {
            draining = true;
            if (phase == Phase.IDLE) {
                farewell.closeBehindWrites();
            }
        } else if (event == DrainEvent.NEW_CONNECTION) {
            draining = true;
            if (phase == Phase.IDLE) {
                waits.forLastRequest();
            }
        } else {
            return false;
        }
        return true;
    }

    @Override
    protected void onDrainOver() {
        if (phase == Phase.TUNNEL) {
            tunnel().drain(departure());
        } else if (phase == Phase.EXCHANGE && stream.endsWithConnection()) {
            abort(true);
        }
    }

    @Override
    protected void onShed() {
        if (phase == Phase.TUNNEL) {
            tunnel().shed(settings.budget());
        } else if (waits.isStalled()) {
            settings.budget().onShed(Shed.STALLED);
            onTooSlow();
        } else if (phase == Phase.IDLE && waits.isIdleForLong()) {
            settings.budget().onShed(Shed.IDLE);
            farewell.closeBehindWrites();
        } else if (phase == Phase.HEAD && waits.isHeadLate()) {
            settings.budget().onShed(Shed.HEAD);
            refuse(Refusal.OVERLOADED, "head incomplete while memory is short");
        }
    }

    @Override
    protected void onInputEnded() {
        if (inbox.isEmpty()) {
            onAllTaken();
        }
    }

    /** The client has ended its stream, and all of it was taken. */
    private void onAllTaken() {
        switch (phase) {
            case IDLE -> farewell.closeBehindWrites();
            case LINGERING -> farewell.onAllTaken(ctx());
            case HEAD -> ctx().close();
            case EXCHANGE -> {
                if (!exchange().isRequestComplete()) {
                    ctx().close();
                }
            }
            case TUNNEL -> tunnel().onClientInputEnded();
            case CLOSED -> {}
        }
    }

    /** An answer that has not begun is called off. One that has begun goes on: a client that has left resets it. */
    private void onFin() {
        ClientStreamListener left = exchange;
        if (settings.abortsOnFin() && phase == Phase.EXCHANGE && left != null && !left.isAnswered()) {
            exchange = null;
            left.onClientGone();
            abort(false);
        }
    }

    @Override
    protected void onGone() {
        phase = Phase.CLOSED;
        if (stream != null) {
            waits.cancel();
            held.clear();
        }
        if (tunnel != null) {
            tunnel.onClientGone(departure());
            tunnel = null;
        }
        if (exchange != null) {
            exchange.onClientGone();
            exchange = null;
        }
        inbox.close();
    }
}
