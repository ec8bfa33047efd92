package io.offramp.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ConnectTimeoutException;
import io.offramp.proxy.budget.Shed;
import io.offramp.proxy.channel.Splicing;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.exchange.ExchangeListener;
import io.offramp.proxy.http.codec.ConnectionOptions;
import io.offramp.proxy.http.codec.Field;
import io.offramp.proxy.http.codec.Fields;
import io.offramp.proxy.http.codec.Framing;
import io.offramp.proxy.http.codec.Head;
import io.offramp.proxy.http.codec.RequestTarget;
import io.offramp.proxy.upstream.AnswerHead;
import io.offramp.proxy.upstream.AnswerListener;
import io.offramp.proxy.upstream.ServerBusyException;
import io.offramp.proxy.upstream.Tunnel;
import io.offramp.proxy.upstream.UpstreamConnection;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamServer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer: chosen a server for, sent, answered, logged once. Every way out leads through
 * {@link #finish} and tells the {@link FrontHandler}.
 */
final class HttpExchange implements AnswerListener {
    private static final int CLIENT_CLOSED_REQUEST = 499;

    /** Heads from here on are not kept while a body takes its time. */
    private static final int LONG_HEAD_BYTES = 2048;

    private final FrontHandler front;
    private final AnswerWriter answer;
    private final long startNs = System.nanoTime();
    private @Nullable Head request;
    private RequestTarget target = RequestTarget.NONE;
    private ConnectionOptions options = ConnectionOptions.of(Fields.NONE);
    private @Nullable BodyWriter requestBody;
    private boolean modern = true;
    private boolean toHead;
    private long framing;
    private long requestBytes;
    private boolean continued;
    private boolean keepAlive;
    private @Nullable String upgrade;
    private @Nullable UpstreamGroup group;
    private @Nullable UpstreamConnection upstream;
    private @Nullable UpstreamServer server;
    private Refusal lastFailure = Refusal.NO_SERVER;
    private @Nullable String lastProblem;
    private long tried;
    private boolean pooled;
    private boolean retried;
    private boolean sent;
    private boolean requestEnded;
    private boolean done;

    HttpExchange(FrontHandler front) {
        this.front = front;
        answer = new AnswerWriter(front.burst(), front.settings().date());
    }

    boolean isRequestComplete() {
        return requestEnded;
    }

    /** Whether an answer has begun. */
    boolean isAnswered() {
        return answer.status() != 0;
    }

    /**
     * The head is complete.
     *
     * @param problem why its framing is invalid, where it is
     */
    void start(Head head, long bodyFraming, @Nullable String problem) {
        request = head;
        modern = head.modern();
        toHead = head.isHead();
        framing = bodyFraming;
        options = ConnectionOptions.of(head.fields());
        if (framing == Framing.INVALID || !options.valid()) {
            refuse(Refusal.BAD_REQUEST, options.valid() ? problem : "Connection");
        } else if (!head.isGet() && head.method().equals("CONNECT")) {
            refuse(Refusal.NOT_IMPLEMENTED, null);
        } else {
            target = RequestTarget.of(head);
            if (target.problem() != null) {
                refuse(Refusal.BAD_REQUEST, target.problem());
            } else {
                admit(head);
            }
        }
    }

    private void admit(Head head) {
        requestEnded = framing == 0;
        keepAlive = (modern ? !options.close() : options.keepAlive()) && !front.isDraining();
        long forwards = MaxForwards.of(head);
        boolean upgrading = options.upgrade() && modern;
        upgrade = upgrading ? front.settings().upgrades().offer(head.fields()) : null;
        String missed = upgrading && upgrade == null ? Upgrades.missed(head.fields()) : null;
        if (framing > front.settings().bodyLimit()) {
            refuse(Refusal.BODY_TOO_LARGE, null);
        } else if (forwards == MaxForwards.INVALID) {
            refuse(Refusal.BAD_REQUEST, "Max-Forwards");
        } else if (missed != null) {
            refuse(Refusal.UPGRADE, "upgrade to " + missed);
        } else if (forwards == 0) {
            answerAsLastHop(head);
        } else {
            route();
        }
    }

    private void route() {
        if (front.settings().budget().isShedding()) {
            keepAlive = false;
            front.settings().budget().onShed(Shed.REQUEST);
            refuse(Refusal.OVERLOADED, "memory is short");
            return;
        }
        switch (front.settings().router().route(target)) {
            case Destination.To(UpstreamGroup upstreams) -> {
                group = upstreams;
                tryNextServer(upstreams);
            }
            case Destination.Nowhere(Refusal refusal, String why) -> refuse(refusal, why);
        }
    }

    private void tryNextServer(UpstreamGroup from) {
        UpstreamServer next = front.loop().next(from, tried);
        if (next == null) {
            refuse(lastFailure, lastProblem);
            return;
        }
        server = next;
        UpstreamConnection idle = front.loop().takeIdle(next);
        if (idle == null) {
            connect(from, next);
            return;
        }
        from.events().onPoolHit();
        pooled = true;
        idle.reserve(this);
        upstream = idle;
        send(idle);
    }

    private void connect(UpstreamGroup from, UpstreamServer to) {
        pooled = false;
        UpstreamConnection opening = front.loop().prepare(from, to, front.ctx().alloc(), this);
        upstream = opening;
        expect();
        opening.connect();
    }

    @Override
    public boolean takesUsed() {
        return true;
    }

    @Override
    public void onConnected(UpstreamConnection connection) {
        pooled = connection != upstream;
        upstream = connection;
        send(connection);
    }

    @Override
    public void onConnectFailed(UpstreamServer failed, Throwable cause) {
        upstream = null;
        tried |= failed.bit();
        lastFailure = switch (cause) {
            case ServerBusyException busy -> Refusal.NO_SERVER;
            case ConnectTimeoutException timeout -> Refusal.GATEWAY_TIMEOUT;
            default -> Refusal.BAD_GATEWAY;
        };
        lastProblem = "connect to " + failed.name() + ": " + cause.getMessage();
        UpstreamGroup from = group;
        if (from != null) {
            tryNextServer(from);
        }
    }

    private void send(UpstreamConnection to) {
        Head head = request;
        if (head == null) {
            throw new IllegalStateException("no request");
        }
        sent = true;
        to.begin(toHead);
        int following = (int) Math.max(0, Math.min(framing, Integer.MAX_VALUE));
        ClientFields client = front.fields();
        ByteBuf out = to.burst().room(head.length() + HeaderRules.ADDED_BYTES + client.length(), following);
        HeaderRules.writeRequest(head, target, options, client, to.server().name(), upgrade, framing, out);
        BodyWriter body = new BodyWriter(to.burst());
        body.begin(framing == Framing.CHUNKED);
        requestBody = body;
        expect();
        if (framing != 0 && head.length() >= LONG_HEAD_BYTES) { // it cannot be sent again anyway
            head.forgetFields();
        }
        if (!requestEnded) {
            front.resume();
        }
    }

    /** Heap that the request's head takes. */
    int heldBytes() {
        return request == null ? 0 : request.heldBytes();
    }

    /** Whether a piece of the request's body can be sent now. */
    boolean takesBody() {
        UpstreamConnection to = upstream;
        return !requestEnded && !done && to != null && sent && to.isWritable();
    }

    /**
     * The next piece of the request's body, which moves here, and whether it is the last; only while
     * {@link #takesBody()}.
     */
    void onRequestBody(ByteBuf piece, boolean complete) {
        BodyWriter body = requestBody;
        UpstreamConnection to = upstream;
        requestBytes += piece.readableBytes();
        if (body == null || to == null || requestBytes > front.settings().bodyLimit()) {
            piece.release();
            refuse(Refusal.BODY_TOO_LARGE, null);
            return;
        }
        body.write(piece);
        if (complete) {
            onRequestEnded();
        }
        if (!to.isWritable()) {
            to.flush();
        }
    }

    /** The request's body, which is in chunks, is complete. */
    void onRequestEnd(Fields trailers) {
        BodyWriter body = requestBody;
        if (body != null) {
            body.end(trailers);
            onRequestEnded();
        }
    }

    private void onRequestEnded() {
        requestEnded = true;
        expect();
    }

    void onClientReadComplete() {
        UpstreamConnection to = upstream;
        if (to != null && sent) {
            to.flush();
            if (!requestEnded) {
                expect();
            }
        }
    }

    @Override
    public void onWritable() {
        if (!requestEnded) {
            front.resume();
        }
        if (!requestEnded && !done) {
            expect();
        }
    }

    @Override
    public void onHead(AnswerHead head) {
        int status = head.status();
        if (status == 101) {
            onSwitching(head);
        } else if (status >= 200) {
            keepAlive &= requestEnded && !front.isDraining() && AnswerWriter.canPersist(head.framing(), modern);
            answer.begin(head, Framing.isBodiless(status, toHead), keepAlive, modern);
        } else if (modern
                && (status != 100 || request != null && request.fields().has(Field.EXPECT))) {
            continued |= status == 100;
            answer.bare(head, false);
            throttle();
        }
    }

    private void onSwitching(AnswerHead head) {
        UpstreamConnection to = upstream;
        String offer = upgrade;
        if (to == null
                || offer == null
                || !requestEnded
                || !Upgrades.isOf(offer, head.message().fields())) {
            refuse(Refusal.BAD_GATEWAY, "101 to what was not asked for");
            return;
        }
        answer.bare(head, true);
        front.burst().flush();
        done = true;
        Tunnel tunnel = new Tunnel(
                front.ctx(),
                front.burst(),
                to,
                front.deadline(),
                front.settings().tunnelNs(),
                front.settings().bodyNs());
        tunnel.onClosed(problem -> log(answer.status(), tunnel.fromClientBytes(), tunnel.toClientBytes(), problem));
        to.reserve(tunnel);
        to.becomeTunnel();
        front.onTunnel(tunnel);
    }

    @Override
    public void onBody(ByteBuf piece) {
        answer.body(piece);
        throttle();
    }

    /** Stops the upstream while the client does not read. */
    private void throttle() {
        if (!front.isWritable()) {
            front.burst().flush();
            UpstreamConnection from = upstream;
            if (from != null && !front.isWritable()) {
                from.read(false);
            }
        }
    }

    void onClientWritabilityChanged() {
        UpstreamConnection from = upstream;
        if (from != null && sent) {
            if (front.isWritable()) {
                from.read(true);
            }
            expect();
        }
    }

    @Override
    public void onSpliced(int bytes) {
        answer.onSpliced(bytes);
    }

    @Override
    public void onReadComplete() {
        front.burst().flush();
        expect();
        UpstreamConnection from = upstream;
        if (from != null && from.bodyLeft() >= Splicing.WORTH_BYTES) {
            from.spliceTo(front.ctx().channel());
        }
    }

    @Override
    public void onEnd(Fields trailers) {
        answer.end(trailers);
        finish(answer.status(), answer.bytes(), null);
        front.onExchangeDone(keepAlive, requestEnded);
    }

    @Override
    public void onFailed(String problem, boolean answered) {
        UpstreamServer to = server;
        UpstreamGroup from = group;
        upstream = null;
        if (answer.status() != 0) {
            abort("upstream " + problem + " after " + answer.bytes() + " bytes");
        } else if (pooled && !answered && !retried && isRepeatable() && to != null && from != null) {
            // The server closed an idle connection while the request was on its way (RFC 9112 §9.3.1).
            retried = true;
            sent = false;
            from.events().onRetried();
            connect(from, to);
        } else {
            refuse(Refusal.BAD_GATEWAY, "upstream " + problem);
        }
    }

    /** Answers by ourselves, or aborts if an answer has begun. */
    void refuse(Refusal refusal, @Nullable String why) {
        if (answer.status() != 0) {
            abort(why == null ? refusal.toString() : why);
            return;
        }
        keepAlive &= requestEnded;
        HttpDate date = front.settings().date();
        refusal.write(front.burst().room(refusal.length(date), 0), date, keepAlive, modern, !toHead);
        finish(refusal.status(), toHead ? 0 : refusal.bodyBytes(), why);
        front.onExchangeDone(keepAlive, requestEnded);
    }

    private void answerAsLastHop(Head head) {
        keepAlive &= requestEnded && modern;
        HttpDate date = front.settings().date();
        ByteBuf out = front.burst().room(head.length() + HeaderRules.ADDED_BYTES, 0);
        finish(200, MaxForwards.answer(head, keepAlive, date, out), null);
        front.onExchangeDone(keepAlive, requestEnded);
    }

    private void abort(String why) {
        finish(answer.status(), answer.bytes(), why);
        front.abort(answer.endsWithConnection());
    }

    void onDeadline() {
        refuse(Refusal.GATEWAY_TIMEOUT, "upstream timeout");
    }

    void onClientTooSlow() {
        if (front.isWritable()) {
            refuse(Refusal.REQUEST_TIMEOUT, "body incomplete");
        } else {
            finish(begunOr(CLIENT_CLOSED_REQUEST), answer.bytes(), "client does not read");
            front.abort(true);
        }
    }

    void onClientGone() {
        if (!done) {
            finish(begunOr(CLIENT_CLOSED_REQUEST), answer.bytes(), "client left");
        }
    }

    private int begunOr(int status) {
        return answer.status() != 0 ? answer.status() : status;
    }

    /** Sets the deadline for what has to happen next. */
    private void expect() {
        if (!front.isWritable() || takesBody() && !isToBeContinued()) {
            front.awaitClient();
        } else {
            front.awaitUpstream();
        }
    }

    /** Whether the client need not send its body before the upstream says so (RFC 9110 §10.1.1). */
    private boolean isToBeContinued() {
        return requestBytes == 0
                && !continued
                && modern
                && request != null
                && request.fields().has(Field.EXPECT);
    }

    /** Without a body, and as good twice as once (RFC 9110 §9.2.2). */
    private boolean isRepeatable() {
        return framing == 0
                && request != null
                && switch (request.method()) {
                    case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" -> true;
                    default -> false;
                };
    }

    private void finish(int status, long answerBytes, @Nullable String abort) {
        done = true;
        UpstreamConnection used = upstream;
        upstream = null;
        if (used != null && requestEnded) {
            used.release();
        } else if (used != null) {
            used.abort();
        }
        log(status, requestBytes, answerBytes, abort);
    }

    private void log(int status, long received, long answered, @Nullable String abort) {
        front.settings().events().onRequest(status);
        ExchangeListener log = front.settings().accessLog();
        if (log == null) {
            return;
        }
        log.onFinished(new AccessEntry(
                front.connection(),
                request == null ? "-" : request.method(),
                request == null ? "-" : request.target(),
                target.authority(),
                status,
                received,
                answered,
                System.nanoTime() - startNs,
                server == null ? null : server.name(),
                abort));
    }
}
