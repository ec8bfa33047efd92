package io.offramp.proxy.exchange;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.upstream.RetryConfig.Cause;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamListener.Fate;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import org.jspecify.annotations.Nullable;

/** The attempts of one exchange at servers, and whether another may follow. Confined to the event loop. */
abstract sealed class Attempts permits ServerSearch {
    /** For a request that servers refuse without a look at it. */
    private static final int MAX_RETRIES = 3;

    final UpstreamLoop servers;

    @Nullable
    UpstreamGroup group;

    /** Counts the request. */
    @Nullable
    UpstreamServer serving;

    /** Whether the connection has carried requests before. */
    boolean used;

    /** Servers that have got the request. A byte each: every request has these. */
    private byte attempts;

    private byte refusals;
    private byte repeats;
    /** An answer that another attempt was to replace, in our words; null if there is none, or that has begun. */
    private @Nullable OwnAnswer rejected;

    Attempts(UpstreamLoop servers) {
        this.servers = servers;
    }

    /** A server gets the request. */
    final void onAttempt() {
        attempts++;
        rejected = null;
    }

    /** Whether one has got it. */
    final boolean hasBegun() {
        return attempts > 0;
    }

    /** The server has not acted on it. */
    final void onReturned(Fate fate) {
        if (fate == Fate.REFUSED) {
            refusals++;
            attempts--;
        } else {
            repeats++;
        }
    }

    final int refusals() {
        return refusals;
    }

    /** Keeps an answer until another attempt begins. */
    final void keep(AnswerHead head) {
        rejected = OwnAnswer.inPlaceOf(head);
    }

    /** The answer of the attempt before; null if there is none. */
    final @Nullable OwnAnswer rejected() {
        return rejected;
    }

    /**
     * True if a request may be sent again: a few times if the server has certainly not acted on it; once if it is
     * idempotent and went to a connection that the server may have closed as idle (RFC 9112 §9.3.1), which counts as an
     * attempt: the server may have acted. The end of a body is sent once, even of an empty one.
     */
    final boolean mayRetry(RequestHead request, RequestSide progress, Fate fate) {
        boolean may = switch (fate) {
            case REFUSED ->
                refusals < MAX_RETRIES
                        && (progress.isReplayable() || progress.bytes() == 0 && !progress.isComplete())
                        && request.message().isWhole()
                        && group != null
                        && group.retryRules().has(Cause.REFUSED);
            case UNANSWERED ->
                repeats == 0
                        && used
                        && request.length() == 0
                        && request.isIdempotent()
                        && group != null
                        && attempts < group.retryRules().attempts();
            case ANSWERED -> false;
        };
        return may && group != null && group.takeRetry(servers.nowNs());
    }

    /** True if an answer of that status is not passed on, and another attempt takes its place. */
    final boolean mayRepeat(int status, RequestHead request, RequestSide progress) {
        return group != null && group.retryRules().has(status) && mayRepeat(group, request, progress);
    }

    /** True if another attempt may follow, though the server may have acted. */
    final boolean mayRepeat(Cause cause, RequestHead request, RequestSide progress) {
        return group != null && group.retryRules().has(cause) && mayRepeat(group, request, progress);
    }

    private boolean mayRepeat(UpstreamGroup from, RequestHead request, RequestSide progress) {
        return progress.isReplayable()
                && attempts < from.retryRules().attempts()
                && request.message().isWhole()
                && from.retryRules().allows(request)
                && mayFollow(from)
                && from.takeRetry(servers.nowNs());
    }

    /** Whether any server takes requests; the one that has this as well, because it is about to lose it. */
    private boolean mayFollow(UpstreamGroup from) {
        return from.hasRoom(0, servers.nowNs()) || serving != null && serving.isBusy();
    }
}
