package io.offramp.proxy.http2.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import io.offramp.proxy.channel.SpliceTarget;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.ClientStream;
import io.offramp.proxy.exchange.ClientStreamListener;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.http2.ReceivedFields;
import io.offramp.proxy.http2.frame.BodyFrames;
import io.offramp.proxy.http2.frame.FrameWriter;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.message.WebSocketHandshake;
import io.offramp.proxy.tunnel.Tunnel;
import io.offramp.proxy.tunnel.TunnelEnd;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a client's connection (RFC 9113 §5): passes the request to its exchange no faster than that takes it,
 * and queues the answer behind the client's flow control.
 */
final class Http2ClientStream implements ClientStream, BodyFrames.Sink {
    private final Http2ClientConnection connection;
    private final Http2Stream stream;
    private final HttpFrontSettings settings;
    private final StreamWaits waits;
    private final RequestPassing body;
    private final AnswerSender answer;
    private @Nullable ClientStreamListener exchange;
    private @Nullable StreamTunnel tunnel;
    /** Code of the reset that follows the answer; null for none. */
    private @Nullable Http2Error resetBehind;

    private long heldBytes;
    private boolean served;

    Http2ClientStream(Http2ClientConnection connection, Http2Stream stream, HttpFrontSettings settings) {
        this.connection = connection;
        this.stream = stream;
        this.settings = settings;
        waits = new StreamWaits(settings, connection.waits().nowNs());
        body = new RequestPassing(connection, stream, () -> exchange, this::onMalformed);
        answer = new AnswerSender(connection, stream, this, settings.date());
    }

    /** True until the exchange is over. */
    boolean isUnderWay() {
        return exchange != null;
    }

    boolean isRequestComplete() {
        return exchange == null || exchange.isRequestComplete();
    }

    /** The head of the request has come. */
    void onHead(ReceivedFields received, boolean last, ClientStreamListener to) {
        exchange = to;
        body.onHead(received, last, to, answer, waits);
        countHeld();
    }

    /** The request cannot be what it says, so it is reset. */
    private void onMalformed(String why) {
        resetBehind = Http2Error.PROTOCOL_ERROR;
        connection.faults().spend(Glitch.FAULT);
        if (exchange != null) {
            exchange.refuse(Refusal.BAD_REQUEST, why);
        }
    }

    /** Trailers have come, which end the request. */
    void onTrailers(ReceivedFields received) {
        if (tunnel != null) { // RFC 9113 §8.5
            connection.reset(stream.id(), Http2Error.PROTOCOL_ERROR);
            connection.faults().spend(Glitch.FAULT);
            return;
        }
        body.onTrailers(received);
    }

    /** A piece of body; gives the bytes whose credit goes back at once. */
    int onData(ByteBuf data, boolean last) {
        if (exchange != null && isWritable()) { // else it has to read
            waits.onMoved(data.readableBytes());
        }
        if (tunnel != null) {
            return tunnel.onData(data, last);
        }
        int credit = body.onData(data, last);
        countHeld();
        return credit;
    }

    @Override
    public void resume() {
        if (waits.isHeld()) {
            waits.goOn(connection.waits().nowNs());
            connection.waits().lookAt(waits.dueNs(isRequestComplete()));
        }
        body.resume();
        countHeld();
    }

    private void countHeld() {
        long now = exchange == null ? 0 : exchange.heldBytes();
        if (now != heldBytes) {
            connection.hold(now - heldBytes);
            heldBytes = now;
        }
    }

    /** True once in each read burst. */
    boolean isFirstOfBurst() {
        boolean first = !served;
        served = true;
        return first;
    }

    /** A read burst is over. */
    void onReadComplete() {
        served = false;
        if (tunnel != null) {
            tunnel.tunnel().onClientReadComplete();
        } else if (exchange != null) {
            exchange.onClientReadComplete();
        }
    }

    void onWritabilityChanged() {
        if (tunnel != null && isWritable()) {
            tunnel.tunnel().onClientWritable();
        } else if (exchange != null) {
            exchange.onClientWritabilityChanged();
        }
    }

    /** The stream is closed in both directions, or gone with its connection. */
    void onClosed() {
        ClientStreamListener left = exchange;
        StreamTunnel open = tunnel;
        tunnel = null;
        end();
        if (left != null) {
            left.onClientGone();
        }
        if (open != null) {
            open.tunnel().onClientGone(connection.departure());
        }
    }

    /** Looks at the limits; gives when to look again. */
    long look(long nowNs) {
        switch (waits.look(nowNs, isRequestComplete())) {
            case IN_TIME -> {}
            case SERVER_LATE -> {
                if (exchange != null) {
                    exchange.onDeadline();
                }
            }
            case CLIENT_SLOW -> onTooSlow();
            case CALL_LATE -> {
                if (exchange != null) {
                    exchange.refuse(Refusal.GATEWAY_TIMEOUT, "deadline of the call");
                }
            }
            case REQUEST_LATE -> {
                if (exchange != null) {
                    exchange.refuse(Refusal.REQUEST_TIMEOUT, "request takes too long");
                }
            }
        }
        return waits.dueNs(isRequestComplete());
    }

    boolean isTunnel() {
        return tunnel != null;
    }

    /** The time for tunnels is over. */
    void drainTunnel() {
        if (tunnel != null) {
            tunnel.tunnel().drain(connection.departure());
        }
    }

    /** Memory is short: ends a tunnel without traffic. */
    void shedTunnel() {
        if (tunnel != null) {
            tunnel.tunnel().shed(settings.budget());
        }
    }

    /** The client moves too few bytes. Behind the exchange, that is the rest of an answer. */
    void onTooSlow() {
        if (exchange != null) {
            exchange.onClientTooSlow();
        } else {
            connection.reset(stream.id(), Http2Error.ENHANCE_YOUR_CALM);
        }
    }

    StreamWaits waits() {
        return waits;
    }

    RequestPassing body() {
        return body;
    }

    /** Memory is short: gives up a request whose body waits for its server. */
    void shedBody() {
        if (exchange != null) {
            exchange.refuse(Refusal.OVERLOADED, "memory is short");
        }
    }

    boolean isAnswered() {
        return exchange == null || exchange.isAnswered();
    }

    /** Forgets the exchange and what it has not taken. */
    private void end() {
        exchange = null;
        body.waiting().drop();
        waits.end();
        countHeld();
    }

    @Override
    public Connection connection() {
        return connection.client();
    }

    @Override
    public int streamId() {
        return stream.id();
    }

    @Override
    public ClientFields fields() {
        return connection.fields();
    }

    @Override
    public ByteBufAllocator allocator() {
        return connection.channel().alloc();
    }

    @Override
    public void awaitClient() {
        waits.forClient(connection.waits().nowNs());
        connection.waits().lookAt(waits.dueNs(isRequestComplete()));
    }

    @Override
    public void awaitServer(long ns) {
        waits.forServer(connection.waits().nowNs(), ns);
        connection.waits().lookAt(waits.dueNs(isRequestComplete()));
    }

    @Override
    public void awaitPlace(long ns) {
        waits.hold(connection.waits().nowNs());
        awaitServer(ns);
    }

    @Override
    public boolean isWritable() {
        return connection.isWritable(stream);
    }

    @Override
    public void sendInterim(AnswerHead interim) {
        answer.interim(interim);
    }

    @Override
    public void sendHead(AnswerHead first) {
        answer.head(first);
        countHeld();
    }

    @Override
    public void sendBody(ByteBuf piece) {
        answer.body(piece);
    }

    @Override
    public void onSpliced(int bytes) {
        throw new IllegalStateException("spliced to one stream of many");
    }

    @Override
    public void sendEnd(Fields trailers) {
        answer.end(trailers);
    }

    @Override
    public void answer(OwnAnswer own) {
        if (resetBehind == null) { // else malformed: no answer
            answer.own(own);
        }
    }

    @Override
    public void flush() {
        connection.flush();
    }

    @Override
    public @Nullable SpliceTarget spliceTarget() {
        return null;
    }

    // = RFC 9113 §8.1
    // # A server MAY request that the client abort transmission of a request without error by sending a RST_STREAM with
    // # an error code of NO_ERROR after sending a complete response.
    @Override
    public void release() {
        boolean complete = !stream.state().remoteSideOpen(); // a refused CONNECT is complete for its exchange alone
        Http2Error code = resetBehind;
        end();
        if (!answer.isEnded()) { // malformed
            connection.reset(stream.id(), code == null ? Http2Error.INTERNAL_ERROR : code);
        } else if (stream.state().localSideOpen()) {
            resetBehind = complete ? null : Http2Error.NO_ERROR;
            awaitClient();
        } else if (!complete) {
            connection.reset(stream.id(), Http2Error.NO_ERROR);
        }
    }

    @Override
    public void reset(ResetCode code) {
        Http2Error behind = resetBehind;
        end();
        connection.reset(stream.id(), behind == null ? Http2Error.valueOf(code.name()) : behind);
    }

    @Override
    public void becomeTunnel(AnswerHead first, TunnelEnd server, long idleNs, Tunnel.Listener listener) {
        answer.tunnel(first);
        exchange = null;
        waits.end();
        countHeld();
        StreamTunnel opened =
                new StreamTunnel(connection, this, stream, body.waiting(), server, idleNs, settings.bodyNs(), listener);
        tunnel = opened;
        opened.tunnel().carry(WebSocketHandshake.isChosen(first));
        opened.drain();
        opened.tunnel().onClientReadComplete();
    }

    @Override
    public FrameWriter writer() {
        return connection.writer();
    }

    @Override
    public void onBodyWritten(int bytes) {
        waits.onMoved(bytes);
        connection.faults().onSent(bytes);
        if (tunnel != null) {
            tunnel.onWritten(bytes);
        }
    }

    @Override
    public void onEndWritten() {
        connection.endLocal(stream);
        Http2Error code = resetBehind;
        if (exchange == null && code != null && stream.state() != Http2Stream.State.CLOSED) {
            connection.reset(stream.id(), code);
        }
    }

    /** That of a closed stream is reported apart. An open one would wait for its client for ever. */
    @Override
    public void onWriteFailed(Throwable cause) {
        if (stream.state() != Http2Stream.State.CLOSED) { // the flow controller does not expect its end just now
            connection.channel().eventLoop().execute(() -> connection.end(stream, Http2Error.INTERNAL_ERROR));
        }
    }
}
