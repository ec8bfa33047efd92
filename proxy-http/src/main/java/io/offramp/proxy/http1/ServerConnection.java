package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.channel.SpliceTarget;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.message.WebSocketHandshake;
import io.offramp.proxy.tunnel.TunnelEnd;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamListener.Fate;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamStream;
import io.offramp.proxy.upstream.pool.PooledConnection;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import io.offramp.proxy.upstream.transport.Transport;
import io.offramp.proxy.upstream.transport.TransportListener;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 on one connection to a server. It is its own and only stream: leased for one exchange after another, one at
 * a time. Confined to the event loop.
 */
final class ServerConnection implements PooledConnection, UpstreamStream, TransportListener {
    /** Interim heads (1xx) in front of one answer; more are a flood. */
    private static final int MAX_INTERIMS = 100;

    /** Time for the rest of what a session has begun to receive behind an answer: with a segment that was lost. */
    private static final long REST_NS = TimeUnit.SECONDS.toNanos(1);

    private final UpstreamLoop loop;
    private final UpstreamServer server;
    private final Transport transport;
    private final MessageReader reader;
    private final BodyWriter body;
    private @Nullable UpstreamListener listener;
    private State state = State.IDLE;
    private boolean answered;
    private boolean persistent;
    private boolean retired;
    private int interims;
    /** Number of the last wait for an empty socket: the end of an earlier one has no meaning. */
    private int waits;
    /** Of a WebSocket's handshake that is ours. */
    private @Nullable String webSocketKey;

    private long keepNs;
    private long idleEndNs;

    private enum State {
        /** Can be leased. */
        IDLE,
        /** No answer is due, but the lease is not over. */
        DONE,
        /** Not leased; the next poll shows whether the socket is empty. */
        POLLING,
        /** Not leased; the socket is empty, but the session holds the start of something behind the answer. */
        HELD,
        /** Within the head of an answer, or in front of it. */
        HEAD,
        /** Within the body of an answer. */
        BODY,
        /** Closed, or the end of a tunnel. */
        GONE
    }

    ServerConnection(UpstreamLoop loop, UpstreamServer server, Transport transport, MessageReader reader) {
        this.loop = loop;
        this.server = server;
        this.transport = transport;
        this.reader = reader;
        body = new BodyWriter(transport.burst());
        idleEndNs = loop.idleEndNs(Long.MAX_VALUE);
    }

    @Override
    public UpstreamServer server() {
        return server;
    }

    @Override
    public int room() {
        return state == State.IDLE && listener == null ? 1 : 0;
    }

    @Override
    public UpstreamStream lease(UpstreamListener next) {
        listener = next;
        return this;
    }

    @Override
    public boolean isCurrent() {
        return transport.isCurrent();
    }

    @Override
    public long idleEndNs() {
        return room() > 0 ? idleEndNs : Long.MAX_VALUE;
    }

    @Override
    public void retire() {
        retired = true;
        if (room() > 0) {
            state = State.GONE;
            transport.close();
        }
    }

    @Override
    public void sendHead(RequestHead request, ClientFields client, @Nullable String upgrade) {
        reader.toHead(request.message().isHead());
        answered = false;
        persistent = true;
        interims = 0;
        boolean ours = upgrade != null && request.needsUpgrade() && WebSocketHandshake.isOf(upgrade);
        webSocketKey = ours ? WebSocketHandshake.newKey() : null;
        state = State.HEAD;
        int following = (int) Math.max(0, Math.min(request.length(), Integer.MAX_VALUE));
        int most = request.message().length() + HeaderRules.ADDED_BYTES + client.length();
        ByteBuf out = transport.burst().room(most, following);
        HeaderRules.writeRequest(request, client, server.authority(), upgrade, webSocketKey, out);
        body.begin(request.length() < 0, client.forwarding());
    }

    @Override
    public void sendBody(ByteBuf piece, boolean last) {
        body.write(piece);
        if (last) {
            body.end(Fields.NONE);
        }
    }

    @Override
    public void sendEnd(Fields trailers) {
        body.end(trailers);
    }

    @Override
    public @Nullable Connection session() {
        return transport.session();
    }

    @Override
    public void flush() {
        transport.flush();
    }

    @Override
    public boolean isWritable() {
        return transport.isWritable();
    }

    @Override
    public void read(boolean on) {
        transport.read(on);
    }

    @Override
    public long bodyLeft() {
        return state == State.BODY ? reader.left() : 0;
    }

    @Override
    public void spliceTo(@Nullable SpliceTarget target) {
        if (state == State.BODY) {
            transport.spliceTo(target, reader.left());
        }
    }

    /**
     * Bytes behind an answer must not be taken for the next one: the connection is kept only if the socket was seen
     * empty. If a request was answered before all of it was sent, the server may never take the rest.
     */
    @Override
    public void release() {
        listener = null;
        if (!isQuiet() || !persistent || retired || !transport.isAllSent()) {
            close();
            return;
        }
        transport.read(true);
        keepOnceEmpty();
    }

    private void keepOnceEmpty() {
        if (transport.isDrained()) {
            keep();
            return;
        }
        state = State.POLLING;
        int wait = ++waits;
        loop.behindNextPoll(() -> onPolled(wait));
    }

    private void onPolled(int wait) {
        if (state != State.POLLING || wait != waits) {
            return;
        }
        if (transport.holdsInput()) {
            state = State.HELD;
            loop.eventLoop().schedule(() -> onRestDue(wait), REST_NS, TimeUnit.NANOSECONDS);
        } else {
            keep();
        }
    }

    private void onRestDue(int wait) {
        if (state != State.HELD || wait != waits) {
            return;
        }
        if (transport.holdsInput()) {
            close();
        } else {
            keepOnceEmpty();
        }
    }

    private void keep() {
        if (retired || !isCurrent()) { // meanwhile: its pool may have gone
            close();
        } else {
            state = State.IDLE;
            idleEndNs = loop.idleEndNs(keepNs);
            loop.onRoom(this);
        }
    }

    private boolean isQuiet() {
        return switch (state) {
            case IDLE, DONE, POLLING, HELD -> true;
            case HEAD, BODY, GONE -> false;
        };
    }

    @Override
    public void reset(ResetCode code) {
        close();
    }

    private void close() {
        listener = null;
        state = State.GONE;
        transport.close();
        loop.onClosed(this);
    }

    @Override
    public TunnelEnd becomeTunnel() {
        listener = null;
        state = State.GONE;
        loop.onClosed(this);
        return transport;
    }

    @Override
    public void onBytes(ByteBuf in) {
        UpstreamListener to = listener;
        if (to == null || isQuiet()) {
            // Bytes that no request asked for: no answer behind them can be trusted.
            transport.fail("garbage: bytes without a request");
            return;
        }
        answered = true;
        switch (reader.read(in)) {
            case MORE -> {}
            case HEAD -> onHead(to, reader.takeHead(), in);
            case PIECE -> {
                to.onBody(reader.takePiece());
                completeIfWhole(in, Fields.NONE);
            }
            case END -> completeIfWhole(in, reader.trailers());
            case REFUSED -> failBy(reader.problem(), reader.refusal());
        }
    }

    private void failBy(@Nullable String problem, MessageReader.Refused refusal) {
        transport.fail("garbage: " + (problem == null ? refusal.toString() : problem));
    }

    private void onHead(UpstreamListener to, Head head, ByteBuf in) {
        long framing = reader.framing();
        ConnectionOptions options = ConnectionOptions.of(head.fields());
        if (framing == Framing.INVALID || !options.valid()) {
            failBy(options.valid() ? reader.problem() : "Connection", reader.refusal());
            return;
        }
        if (head.status() == 101 && webSocketKey != null && !WebSocketHandshake.accepts(head.fields(), webSocketKey)) {
            transport.fail("garbage: Sec-WebSocket-Accept");
            return;
        }
        boolean last = head.status() >= 200;
        if (last) {
            boolean lasting = head.modern() || options.keepAlive();
            persistent = lasting && !options.close() && framing != Framing.UNTIL_CLOSE;
            keepNs = KeepAliveField.limitNs(head.fields());
            persistent &= keepNs > 0; // also where requests wait for it
            state = State.BODY;
        } else if (++interims > MAX_INTERIMS) {
            transport.fail("garbage: more than " + MAX_INTERIMS + " interim heads");
            return;
        }
        to.onHead(new AnswerHead(head, options, framing, in.readableBytes()));
        if (last) {
            completeIfWhole(in, Fields.NONE);
        }
    }

    private void completeIfWhole(ByteBuf in, Fields trailers) {
        if (state == State.BODY && reader.isComplete()) {
            complete(!in.isReadable(), trailers);
        }
    }

    private void complete(boolean nothingBehind, Fields trailers) {
        UpstreamListener last = listener;
        listener = null;
        persistent &= nothingBehind;
        state = State.DONE;
        transport.stopSplicing();
        if (last != null) {
            last.onEnd(trailers);
        }
    }

    @Override
    public void onSpliced(int bytes) {
        UpstreamListener to = listener;
        if (to != null) {
            answered = true;
            reader.skip(bytes);
            to.onSpliced(bytes);
            if (state == State.BODY && reader.isComplete()) {
                complete(true, Fields.NONE);
            }
        }
    }

    @Override
    public void onReadComplete() {
        if (listener != null) {
            listener.onReadComplete();
        } else if (state == State.POLLING && transport.isDrained()) {
            keep();
        } else if (state == State.HELD && !transport.holdsInput()) {
            keepOnceEmpty();
        }
    }

    @Override
    public void onWritable() {
        if (listener != null) {
            listener.onWritable();
        }
    }

    @Override
    public void onClosed(@Nullable String problem) {
        if (problem == null && state == State.BODY && reader.framing() == Framing.UNTIL_CLOSE) {
            complete(true, Fields.NONE);
        }
        UpstreamListener last = listener;
        listener = null;
        state = State.GONE;
        loop.onClosed(this);
        if (last != null) {
            Fate fate = answered ? Fate.ANSWERED : Fate.UNANSWERED;
            last.onFailed(problem == null ? "closed" : problem, fate, ResetCode.INTERNAL_ERROR);
        }
    }
}
