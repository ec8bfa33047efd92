package io.offramp.proxy.http2.client;

import io.offramp.proxy.exchange.HttpFrontSettings;
import java.util.concurrent.TimeUnit;

/**
 * The waits of one stream, and their limits: for its server, or for its client, which then has to move a least number
 * of bytes in each window of time. Nothing is scheduled for a stream: its connection looks at {@link #dueNs}. Confined
 * to the event loop.
 */
final class StreamWaits {
    /** A stream that ends sooner may have caused more work than it was worth (as Envoy counts). */
    private static final long YOUNG_NS = TimeUnit.SECONDS.toNanos(1);

    private final HttpFrontSettings settings;
    private final long bornNs;
    private long requestEndNs;
    /** Time that is left for the request behind its wait for a place; negative while that time runs. */
    private long heldNs = -1;

    private long callEndNs = Long.MAX_VALUE;
    private Wait wait = Wait.SERVER;
    private long dueNs;
    private long movedBytes;
    private long movedBefore;

    /** Whose turn it is. */
    enum Wait {
        /** The client has to read, or to send. */
        CLIENT,
        /** The server has to take the request, or to answer. */
        SERVER,
        /** Nobody's: the stream is a tunnel, or over. */
        NONE
    }

    /** What a look has found. */
    enum Finding {
        IN_TIME,
        SERVER_LATE,
        CLIENT_SLOW,
        /** The client has set a limit itself. */
        CALL_LATE,
        REQUEST_LATE
    }

    /** @param nowNs the stream begins, as the ticker of the event loop shows */
    StreamWaits(HttpFrontSettings settings, long nowNs) {
        this.settings = settings;
        bornNs = nowNs;
        requestEndNs = settings.requestNs() == 0 ? Long.MAX_VALUE : nowNs + settings.requestNs();
        dueNs = nowNs + settings.answerNs();
    }

    /** The client gives the whole exchange no more than that. */
    void limit(long nowNs, long ns) {
        callEndNs = ns < Long.MAX_VALUE - nowNs ? nowNs + ns : Long.MAX_VALUE;
    }

    /** True in the first second. */
    boolean isYoung(long nowNs) {
        return nowNs - bornNs < YOUNG_NS;
    }

    /** Bytes of body have come from a client that has nothing to read, or have left. */
    void onMoved(int bytes) {
        movedBytes += bytes;
    }

    /** The client has to act; a running window goes on. */
    void forClient(long nowNs) {
        if (wait != Wait.CLIENT) {
            wait = Wait.CLIENT;
            open(nowNs);
        }
    }

    /** The server has to act. */
    void forServer(long nowNs, long ns) {
        wait = Wait.SERVER;
        dueNs = nowNs + ns;
    }

    /** No server has room for the request, which is no fault of the client. */
    void hold(long nowNs) {
        if (requestEndNs != Long.MAX_VALUE) {
            heldNs = Math.max(0, requestEndNs - nowNs);
            requestEndNs = Long.MAX_VALUE;
        }
    }

    boolean isHeld() {
        return heldNs >= 0;
    }

    /** A server has room. */
    void goOn(long nowNs) {
        requestEndNs = nowNs + heldNs;
        heldNs = -1;
    }

    /** Nobody has to act. */
    void end() {
        wait = Wait.NONE;
        callEndNs = Long.MAX_VALUE;
    }

    private void open(long nowNs) {
        movedBefore = movedBytes;
        dueNs = nowNs + settings.bodyNs();
    }

    /** When to look again, at the latest. */
    long dueNs(boolean requestComplete) {
        if (wait == Wait.NONE) {
            return Long.MAX_VALUE;
        }
        long due = Math.min(dueNs, callEndNs);
        return requestComplete ? due : Math.min(due, requestEndNs);
    }

    /** True if the client has to act and has moved nothing for that long. */
    boolean isStalled(long nowNs, long ns) {
        return wait == Wait.CLIENT && movedBytes == movedBefore && nowNs - (dueNs - settings.bodyNs()) >= ns;
    }

    /** Looks at the limits; those of a finding no longer hold. */
    Finding look(long nowNs, boolean requestComplete) {
        if (wait != Wait.NONE && !requestComplete && nowNs >= requestEndNs) {
            end();
            return Finding.REQUEST_LATE;
        }
        if (wait != Wait.NONE && nowNs >= callEndNs) {
            end();
            return Finding.CALL_LATE;
        }
        if (wait == Wait.NONE || nowNs < dueNs) {
            return Finding.IN_TIME;
        }
        if (wait == Wait.CLIENT && movedBytes - movedBefore >= settings.leastBytes()) {
            open(nowNs);
            return Finding.IN_TIME;
        }
        Finding finding = wait == Wait.CLIENT ? Finding.CLIENT_SLOW : Finding.SERVER_LATE;
        wait = Wait.NONE; // the limit of the call holds for another attempt
        return finding;
    }
}
