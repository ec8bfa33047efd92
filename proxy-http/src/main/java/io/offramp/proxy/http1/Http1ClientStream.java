package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.offramp.proxy.channel.SpliceTarget;
import io.offramp.proxy.channel.Splicing;
import io.offramp.proxy.channel.WriteBurst;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.ClientStream;
import io.offramp.proxy.exchange.ClientStreamListener;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.http1.HeaderRules.Persistence;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.BodyFields;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Forwarding;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.HttpDate;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.message.Version;
import io.offramp.proxy.message.WebSocketHandshake;
import io.offramp.proxy.tunnel.Tunnel;
import io.offramp.proxy.tunnel.TunnelEnd;
import org.jspecify.annotations.Nullable;

/**
 * The only stream of a client's HTTP/1 connection, for one exchange after another. Frames answers by the client's
 * version and the request's method, and decides whether the connection persists behind them.
 */
final class Http1ClientStream implements ClientStream {
    private final ClientConnection connection;
    private final WriteBurst burst;
    private final HttpDate date;
    private final HttpFrontSettings settings;
    private final BodyWriter body;
    private @Nullable ClientFields fields;
    private @Nullable RequestHead request;
    private boolean keepAlive;
    private boolean endsWithConnection;

    Http1ClientStream(ClientConnection connection, WriteBurst burst, HttpFrontSettings settings) {
        this.connection = connection;
        this.burst = burst;
        date = settings.date();
        this.settings = settings;
        body = new BodyWriter(burst);
    }

    /** A request begins. */
    void begin() {
        request = null;
        keepAlive = false;
        endsWithConnection = false;
    }

    /**
     * The head of the request is complete.
     *
     * @param problem why its framing is invalid, if it is
     */
    void onHead(Head head, long framing, @Nullable String problem, ClientStreamListener exchange) {
        ConnectionOptions options = ConnectionOptions.of(head.fields());
        if (framing == Framing.INVALID || !options.valid()) {
            String why = options.valid() ? problem : "Connection";
            exchange.onBadRequest(keep(head, RequestTarget.NONE, options, framing), Refusal.BAD_REQUEST, why);
        } else if (!head.isGet() && head.method().equals("CONNECT")) {
            exchange.onBadRequest(keep(head, RequestTarget.NONE, options, framing), Refusal.NOT_IMPLEMENTED, null);
        } else {
            RequestTarget target = RequestTarget.of(head);
            RequestHead whole = keep(head, target, options, framing);
            if (target.problem() != null) {
                exchange.onBadRequest(whole, Refusal.BAD_REQUEST, target.problem());
            } else {
                keepAlive = (head.modern() ? !options.close() : options.keepAlive()) && !connection.isDraining();
                exchange.onRequestHead(whole);
            }
        }
    }

    private RequestHead keep(Head head, RequestTarget target, ConnectionOptions options, long framing) {
        RequestHead whole = new RequestHead(head, target, options, framing);
        request = whole;
        return whole;
    }

    /** Before its head has come, a client counts as modern. */
    private boolean isModern() {
        return request == null || request.message().modern();
    }

    private boolean isToHead() {
        return request != null && request.message().isHead();
    }

    @Override
    public Connection connection() {
        return connection.client();
    }

    @Override
    public int streamId() {
        return 0;
    }

    @Override
    public ClientFields fields() {
        ClientFields known = fields;
        if (known == null) {
            known = ClientFields.of(connection(), settings.trustedProxies(), settings.forwarding());
            fields = known;
        }
        return known;
    }

    @Override
    public ByteBufAllocator allocator() {
        return connection.channel().alloc();
    }

    @Override
    public void resume() {
        connection.waits().onPlace();
        connection.resume();
    }

    @Override
    public void awaitClient() {
        connection.waits().forClient();
    }

    @Override
    public void awaitServer(long ns) {
        connection.waits().forServer(ns);
    }

    @Override
    public void awaitPlace(long ns) {
        connection.waits().forPlace(ns);
    }

    @Override
    public boolean isWritable() {
        return connection.channel().isWritable();
    }

    @Override
    public void sendInterim(AnswerHead head) {
        if (isModern()) {
            write(head, Persistence.DEFAULT, Framing.UNTIL_CLOSE, true);
        }
    }

    /** Whether the client takes the connection's end for the end of the answer that has begun. */
    boolean endsWithConnection() {
        return endsWithConnection;
    }

    @Override
    public void sendHead(AnswerHead head) {
        boolean modern = isModern();
        boolean unknown = head.length() < 0;
        keepAlive &= connection.isRequestComplete() && !connection.isDraining() && (modern || !unknown);
        endsWithConnection = unknown && !modern;
        long framing = !unknown ? head.length() : modern ? Framing.CHUNKED : Framing.UNTIL_CLOSE;
        write(head, persistence(), framing, BodyFields.isBodiless(head.status(), isToHead()));
        body.begin(unknown && modern, Forwarding.NONE);
        connection.countHeld();
    }

    private Persistence persistence() {
        return !keepAlive ? Persistence.CLOSE : isModern() ? Persistence.DEFAULT : Persistence.KEEP_ALIVE;
    }

    private void write(AnswerHead head, Persistence persistence, long framing, boolean bodiless) {
        ByteBuf out = burst.room(head.message().length() + HeaderRules.ADDED_BYTES, head.following());
        HeaderRules.writeAnswer(head.message(), head.options(), persistence, framing, bodiless, date, out);
    }

    @Override
    public void sendBody(ByteBuf piece) {
        body.write(piece);
    }

    @Override
    public void onSpliced(int bytes) {
        burst.countSpliced(bytes);
    }

    @Override
    public void sendEnd(Fields trailers) {
        body.end(trailers);
    }

    @Override
    public void answer(OwnAnswer answer) {
        keepAlive &= connection.isRequestComplete() && !answer.last();
        ByteBuf out = burst.room(OwnAnswers.length(answer, date), 0);
        OwnAnswers.write(answer, date, persistence(), !isToHead(), out);
    }

    @Override
    public void flush() {
        burst.flush();
    }

    @Override
    public @Nullable SpliceTarget spliceTarget() {
        return Splicing.target(connection.channel());
    }

    @Override
    public void release() {
        request = null;
        connection.onExchangeDone(keepAlive);
    }

    @Override
    public void reset(ResetCode code) {
        request = null;
        connection.abort(endsWithConnection || code == ResetCode.ENHANCE_YOUR_CALM);
    }

    @Override
    public void becomeTunnel(AnswerHead head, TunnelEnd server, long idleNs, Tunnel.Listener listener) {
        RequestHead asked = request;
        String accept = asked != null && head.message().version() == Version.HTTP_2
                ? WebSocketHandshake.accept(asked.fields())
                : null;
        ByteBuf out = burst.room(head.message().length() + HeaderRules.ADDED_BYTES, head.following());
        HeaderRules.writeSwitching(head.message(), head.options(), accept, out);
        burst.flush();
        request = null;
        connection.becomeTunnel(server, idleNs, WebSocketHandshake.isChosen(head), listener);
    }
}
