package io.offramp.proxy.exchange;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.upstream.UpstreamServer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The ends of an exchange. All of them lead through {@link #finish}, which reports the exchange to counters and access
 * log. Confined to the event loop.
 */
abstract sealed class EndingExchange implements ClientStreamListener permits RoutedExchange {
    final ClientStream client;
    final HttpFrontSettings settings;
    final RequestSide requestSide = new RequestSide();
    final AnswerSide answerSide = new AnswerSide();
    /** Null until its head has come. */
    @Nullable
    RequestHead request;

    private final long startNs = System.nanoTime();
    /** Runs when the exchange has taken too long; null without a limit. */
    private @Nullable Future<?> limit;

    EndingExchange(ClientStream client, HttpFrontSettings settings) {
        this.client = client;
        this.settings = settings;
    }

    /** Finds servers. */
    abstract ServerSearch search();

    /** Ends the search and the server's stream, if there are any. */
    abstract void leaveServer();

    /** An answer of our own as the client gets it. */
    abstract OwnAnswer changed(OwnAnswer own);

    /** The exchange is over; once. */
    abstract void onReport(int status, long received, long answered, long durationNs);

    /** The exchange is over within that time. */
    final void limit(EventLoop loop, long ns) {
        limit = loop.schedule(() -> refuse(Refusal.GATEWAY_TIMEOUT, "takes too long"), ns, TimeUnit.NANOSECONDS);
    }

    /** It has become a tunnel, or is over. */
    final void limitNoMore() {
        Future<?> last = limit;
        limit = null;
        if (last != null) {
            last.cancel(false);
        }
    }

    @Override
    public final boolean isRequestComplete() {
        return requestSide.isComplete();
    }

    @Override
    public final boolean isAnswered() {
        return answerSide.isBegun();
    }

    @Override
    public final int heldBytes() {
        return request == null ? 0 : request.message().heldBytes() + requestSide.heldBytes();
    }

    @Override
    public final void refuse(Refusal refusal, @Nullable String why) {
        if (answerSide.isBegun()) {
            reset(why == null ? refusal.toString() : why, ResetCode.INTERNAL_ERROR);
        } else {
            answer(refusal.answer(), why);
        }
    }

    final void answer(OwnAnswer own, @Nullable String why) {
        OwnAnswer answer = changed(own);
        boolean bodiless = request != null && request.message().isHead();
        finish(answer.status(), bodiless ? 0 : answer.body().length, why);
        client.answer(answer);
        client.release();
    }

    final void reset(String why, ResetCode code) {
        finish(answerSide.status(), answerSide.bytes(), why);
        client.reset(code);
    }

    @Override
    public final void onClientTooSlow() {
        if (client.isWritable()) {
            refuse(Refusal.REQUEST_TIMEOUT, "body incomplete");
        } else {
            finish(answerSide.statusAtCut(false), answerSide.bytes(), "client does not read");
            client.reset(ResetCode.ENHANCE_YOUR_CALM);
        }
    }

    @Override
    public final void onClientGone() {
        if (!answerSide.isOver()) {
            Connection connection = client.connection();
            finish(answerSide.statusAtCut(connection.isDrained()), answerSide.bytes(), connection.departure());
        }
    }

    final void finish(int status, long answerBytes, @Nullable String abort) {
        answerSide.onOver();
        limitNoMore();
        leaveServer();
        report(status, requestSide.bytes(), answerBytes, abort);
    }

    /**
     * Reports the end. Makes an entry only if the access log wants one.
     *
     * @param abort the reason of a bad end, else null
     */
    final void report(int status, long received, long answered, @Nullable String abort) {
        long durationNs = System.nanoTime() - startNs;
        settings.events().onRequest(status);
        settings.events().onDuration(durationNs);
        onReport(status, received, answered, durationNs);
        ExchangeListener log = settings.accessLog();
        if (log == null || !log.wants(status, durationNs, abort)) {
            return;
        }
        UpstreamServer server = search().server();
        log.onFinished(new AccessEntry(
                client.connection(),
                request == null ? null : request.message().version().protocol(),
                client.streamId(),
                request == null ? "-" : request.message().method(),
                request == null ? "-" : request.message().target(),
                request == null ? null : request.target().authority(),
                status,
                received,
                answered,
                durationNs,
                server == null ? null : server.name(),
                search().session(),
                abort));
    }
}
