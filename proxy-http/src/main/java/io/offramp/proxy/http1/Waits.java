package io.offramp.proxy.http1;

import io.netty.channel.ChannelHandlerContext;
import io.offramp.proxy.channel.Deadline;
import io.offramp.proxy.channel.WriteBurst;
import io.offramp.proxy.client.ClientPace;
import io.offramp.proxy.exchange.HttpFrontSettings;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The waits of a client's connection, for client or server, and their limits. Confined to the event loop. */
final class Waits {
    /**
     * Time to discard input behind an answer that came before its request was complete, so no reset destroys the
     * answer.
     */
    static final long LINGER_NS = TimeUnit.SECONDS.toNanos(2);

    /** While memory is short, a wait that takes longer ends. */
    private static final long SHED_AFTER_NS = TimeUnit.SECONDS.toNanos(1);

    private final HttpFrontSettings settings;
    private final Deadline deadline;
    private final ClientPace pace;
    private final @Nullable Deadline requestEnd;
    /** Time that is left for the request behind its wait for a place; negative while that time runs. */
    private long heldNs = -1;

    /**
     * @param deadline for all other waits
     * @param onTooSlow runs when the client moves too few bytes
     * @param onRequestEnd runs when a request as a whole takes too long
     */
    Waits(
            ChannelHandlerContext ctx,
            WriteBurst burst,
            HttpFrontSettings settings,
            Deadline deadline,
            Runnable onTooSlow,
            Runnable onRequestEnd) {
        this.settings = settings;
        this.deadline = deadline;
        pace = new ClientPace(
                ctx.channel(), ctx.executor(), burst, settings.bodyNs(), settings.leastBytes(), onTooSlow);
        requestEnd = settings.requestNs() > 0 ? new Deadline(ctx.executor(), settings.requestNs(), onRequestEnd) : null;
        deadline.in(settings.idleNs());
    }

    /** Bytes of a request's body have come. */
    void onReceived(int bytes) {
        pace.onReceived(bytes);
    }

    /** The client has to read, or to send; other waits pause. */
    void forClient() {
        deadline.clear();
        pace.await();
    }

    /** The server has to take the request, or to answer. */
    void forServer(long ns) {
        pace.rest();
        deadline.in(ns);
    }

    /** No server has room for the request, which is no fault of the client. */
    void forPlace(long ns) {
        forServer(ns);
        if (requestEnd != null && heldNs < 0) {
            heldNs = Math.max(0, requestEnd.leftNs());
            requestEnd.clear();
        }
    }

    /** A server has room. */
    void onPlace() {
        if (requestEnd != null && heldNs >= 0) {
            requestEnd.in(heldNs);
            heldNs = -1;
        }
    }

    /** The client has begun a request. */
    void forHead() {
        pace.rest();
        deadline.in(settings.headNs());
        if (requestEnd != null) {
            heldNs = -1;
            requestEnd.in(settings.requestNs());
        }
    }

    /** Between requests: for the next, if the client reads the answers to those before. */
    void forRequest(boolean writable) {
        if (writable) {
            pace.rest();
            deadline.in(settings.idleNs());
        } else {
            forClient();
        }
    }

    /** A connection that is to end gets one more request if it comes within the time of a head. */
    void forLastRequest() {
        deadline.in(settings.headNs());
    }

    /** The client has its last answer; it may go on sending for a while. */
    void toLinger() {
        pace.rest();
        deadline.in(LINGER_NS);
    }

    /** The tunnel has a deadline of its own. */
    void forTunnel() {
        pace.rest();
    }

    /**
     * Whether the client is waited for, and has moved nothing for longer than there is patience while memory is short.
     */
    boolean isStalled() {
        return pace.isStalled(SHED_AFTER_NS);
    }

    /** The same for the time between requests. */
    boolean isIdleForLong() {
        return settings.idleNs() - deadline.leftNs() >= SHED_AFTER_NS;
    }

    /** The same for an incomplete head. */
    boolean isHeadLate() {
        return settings.headNs() - deadline.leftNs() >= SHED_AFTER_NS;
    }

    /** The connection ends at once, or is gone. */
    void cancel() {
        deadline.cancel();
        pace.cancel();
        if (requestEnd != null) {
            requestEnd.cancel();
        }
    }
}
