package io.offramp.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.offramp.proxy.channel.Splicing;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.upstream.RetryConfig.Cause;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamStream;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, for any version of HTTP on either side: finds a server, forwards, answers, logs once.
 * Moves heads and bodies between a {@link ClientStream} and an {@link UpstreamStream}, each no faster than the other
 * takes them. Confined to the event loop.
 */
public final class Exchange extends RoutedExchange implements UpstreamListener {
    /** Heads of this size or more are not kept during a slow body. */
    private static final int LONG_HEAD_BYTES = 2048;

    private final ServerSearch search;
    private @Nullable String upgrade;
    private @Nullable UpstreamStream upstream;
    /** When the head of the answer is late, by the loop's clock. */
    private long headDueNs;

    /**
     * Begins with the first byte of a request.
     *
     * @param servers of the client's event loop
     */
    public Exchange(ClientStream client, HttpFrontSettings settings, UpstreamLoop servers) {
        super(client, settings, servers);
        search = new ServerSearch(this, servers);
    }

    @Override
    public void onRequestHead(RequestHead head) {
        request = head;
        requestSide.onHead(head.length() == 0);
        long forwards = MaxForwards.of(head.message());
        boolean upgrading = head.asksForUpgrade();
        upgrade = upgrading ? settings.upgrades().offer(head.fields()) : null;
        String missed = upgrading && upgrade == null ? Upgrades.missed(head) : null;
        if (forwards == MaxForwards.INVALID) {
            refuse(Refusal.BAD_REQUEST, "Max-Forwards");
        } else if (missed != null) {
            refuse(Refusal.UPGRADE, "upgrade to " + missed);
        } else if (forwards == 0) {
            answer(MaxForwards.answer(head.message()), null);
        } else {
            route(head);
        }
    }

    @Override
    public void onBadRequest(RequestHead head, Refusal refusal, @Nullable String why) {
        request = head;
        refuse(refusal, why);
    }

    ByteBufAllocator allocator() {
        return client.allocator();
    }

    ClientFields client() {
        return client.fields();
    }

    /** A connection to a server is under way. */
    void awaitServer() {
        expect();
    }

    /** It waits until a server may have one more connection; the pool ends that wait behind the time. */
    void awaitPlace(long ns) {
        client.awaitPlace(ns + settings.answerNs(bounds));
    }

    /** The request waits in the queue of its upstream, for that time at most. */
    void awaitRoom(long ns) {
        client.awaitPlace(ns);
    }

    /** A server takes the request. */
    void onServer(UpstreamStream stream) {
        upstream = stream;
        client.connection().onServer(stream.session());
        RequestHead head = request();
        requestSide.onSent();
        stream.sendHead(head, client.fields(), upgrade);
        requestSide.sendKept(stream);
        expect();
        if (head.length() != 0
                && !requestSide.isKept()
                && isPlain()
                && head.message().length() >= LONG_HEAD_BYTES) {
            head.message().forgetFields(); // it is not sent again
        }
        if (!requestSide.isComplete()) {
            client.resume();
        }
    }

    RequestHead request() {
        if (request == null) {
            throw new IllegalStateException("no request");
        }
        return request;
    }

    @Override
    public boolean takesBody() {
        UpstreamStream to = upstream;
        return takesEnd() && to != null && to.isWritable();
    }

    @Override
    public boolean takesEnd() {
        return requestSide.isFlowing() && !answerSide.isOver() && upstream != null;
    }

    @Override
    public void onRequestBody(ByteBuf piece, boolean last) {
        UpstreamStream to = upstream;
        requestSide.onBody(piece);
        if (to == null || requestSide.bytes() > settings.bodyLimit(bounds)) {
            piece.release();
            refuse(Refusal.BODY_TOO_LARGE, null);
            return;
        }
        to.sendBody(piece, last);
        if (last) {
            endRequest(Fields.NONE);
        }
        if (!to.isWritable()) {
            to.flush();
        }
    }

    @Override
    public void onRequestEnd(Fields trailers) {
        if (upstream != null && requestSide.isFlowing()) {
            upstream.sendEnd(onTrailers(trailers));
            endRequest(trailers);
        }
    }

    private void endRequest(Fields trailers) {
        requestSide.onEnd(trailers);
        expect();
    }

    @Override
    public void onClientReadComplete() {
        if (upstream != null) {
            upstream.flush();
            if (!requestSide.isComplete()) {
                expect();
            }
        }
    }

    @Override
    public void onWritable() {
        if (!requestSide.isComplete()) {
            client.resume();
        }
        if (!requestSide.isComplete() && !answerSide.isOver()) {
            expect();
        }
    }

    @Override
    public void onHead(AnswerHead head) {
        int status = head.status();
        if (status == 101) {
            onSwitching(head);
        } else if (status >= 200 && status < 300 && request().needsUpgrade()) {
            refuse(Refusal.BAD_GATEWAY, "answer " + status + " without the other protocol");
        } else if (!head.isInterim() && search.mayRepeat(status, request(), requestSide)) {
            search.onRejected(head);
            repeat();
        } else if (!head.isInterim()) {
            onFinalHead(head);
        } else if (status != 100 || request().expectsContinue() && mayContinue()) {
            if (status == 100) {
                requestSide.onContinue();
            }
            client.sendInterim(head);
            throttle();
        }
    }

    private void onFinalHead(AnswerHead head) {
        requestSide.keepNoLonger();
        AnswerHead last = search.onAnswer(head);
        OwnAnswer page = inPlaceOf(head);
        if (page == null) {
            sendHead(last);
        } else {
            answer(page, null);
        }
    }

    /** Whether the client learns of a 100: not again when it has sent its body to another server before. */
    private boolean mayContinue() {
        return requestSide.isHeldBack() || !requestSide.isKept();
    }

    private void onSwitching(AnswerHead head) {
        UpstreamStream to = upstream;
        String offer = upgrade;
        if (to == null
                || offer == null
                || !requestSide.isComplete()
                || !Upgrades.isOf(offer, head.message().fields())) {
            String problem = "garbage: 101 to what was not asked for";
            search.onBroken(problem);
            refuse(Refusal.BAD_GATEWAY, "upstream " + problem);
            return;
        }
        AnswerHead switching = changed(search.onAnswer(head));
        if (switching == null) {
            return;
        }
        upstream = null;
        requestSide.keepNoLonger();
        answerSide.onHead(head.status());
        answerSide.onOver();
        limitNoMore();
        client.becomeTunnel(switching, to.becomeTunnel(), settings.tunnelNs(bounds), (tunnel, problem) -> {
            search.end();
            report(head.status(), tunnel.fromClientBytes(), tunnel.toClientBytes(), problem);
        });
    }

    @Override
    public void onBody(ByteBuf piece) {
        answerSide.onBody(piece.readableBytes());
        sendBody(piece);
        throttle();
    }

    /** Stops the server while the client does not read. */
    private void throttle() {
        if (!client.isWritable()) {
            client.flush();
            if (upstream != null && !client.isWritable()) {
                upstream.read(false);
            }
        }
    }

    @Override
    public void onClientWritabilityChanged() {
        if (upstream != null) {
            if (client.isWritable()) {
                upstream.read(true);
            }
            expectStill();
        }
    }

    @Override
    public void onSpliced(int bytes) {
        answerSide.onBody(bytes);
        client.onSpliced(bytes);
    }

    @Override
    public void onReadComplete() {
        flushFilter();
        client.flush();
        if (upstream != null) {
            expectStill();
            if (isUnfiltered() && upstream.bodyLeft() >= Splicing.WORTH_BYTES) {
                upstream.spliceTo(client.spliceTarget());
            }
        }
    }

    @Override
    public void onEnd(Fields trailers) {
        endFilter();
        finish(answerSide.status(), answerSide.bytes(), null); // first: the end may close the client's stream
        client.sendEnd(trailers);
        client.release();
    }

    @Override
    public void onFailed(String problem, Fate fate, ResetCode code) {
        upstream = null;
        if (!answerSide.isBegun() && search.mayRetry(request(), requestSide, fate)) {
            requestSide.onReturned();
            search.retry(fate);
            return;
        }
        search.onBroken(problem);
        if (fate != Fate.REFUSED && mayRepeat(Cause.RESET)) {
            repeat();
        } else if (answerSide.isBegun()) {
            reset("upstream " + problem + " after " + answerSide.bytes() + " bytes", code);
        } else {
            refuse(Refusal.ofServer(code), "upstream " + problem);
        }
    }

    private boolean mayRepeat(Cause cause) {
        return !answerSide.isBegun() && search.mayRepeat(cause, request(), requestSide);
    }

    /** Gives the attempt up, and begins another. */
    private void repeat() {
        UpstreamStream used = upstream;
        upstream = null;
        requestSide.onReturned();
        if (used != null) {
            used.reset(ResetCode.CANCEL);
        }
        search.repeat();
    }

    @Override
    public void onDeadline() {
        if (search.isQueued()) {
            search.onQueuedTooLong();
            return;
        }
        if (isJudged()) {
            refuse(Refusal.GATEWAY_TIMEOUT, "rule timeout");
            return;
        }
        search.onBroken("timeout");
        if (upstream != null && mayRepeat(Cause.TIMEOUT)) {
            repeat();
            return;
        }
        search.refuse(Refusal.GATEWAY_TIMEOUT, "upstream timeout");
    }

    /** Sets the wait for the side whose turn it is. The server's time for the head of its answer begins. */
    private void expect() {
        headDueNs = servers.nowNs() + settings.answerNs(bounds);
        expectStill();
    }

    /** The same within that time, which parts of a head and interim ones (1xx) do not extend. */
    private void expectStill() {
        if (!client.isWritable() || takesBody() && !isToBeContinued()) {
            client.awaitClient();
        } else if (answerSide.isBegun()) {
            client.awaitServer(settings.pauseNs(bounds));
        } else {
            client.awaitServer(Math.max(0, headDueNs - servers.nowNs()));
        }
    }

    /** True if the client may wait with its body for the server's 100 (RFC 9110 §10.1.1). */
    private boolean isToBeContinued() {
        return requestSide.isHeldBack() && request().expectsContinue();
    }

    @Override
    ServerSearch search() {
        return search;
    }

    @Override
    void leaveServer() {
        search.end();
        UpstreamStream used = upstream;
        upstream = null;
        if (used != null && requestSide.isComplete()) {
            used.release();
        } else if (used != null) {
            used.reset(ResetCode.CANCEL);
        }
    }
}
