package io.offramp.proxy.session;

import io.offramp.offload.DeclineReason;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.record.Direction;

/** Events of sessions, for the metrics. Called on event loops; never per record. */
public interface SessionEvents {
    /**
     * A backend took a direction, at the handover or by a move.
     *
     * @return a meter of what it carries there, which also learns when it leaves
     */
    CarriedMeter onInstalled(Direction direction, SessionInfo session);

    /** A backend declined a direction, which continues in software. */
    void onDeclined(Direction direction, String backend, DeclineReason reason);

    /** A living direction moved to another backend. */
    void onMoved(Direction direction, SessionInfo from, SessionInfo to, String why);

    /** An alert was sent. */
    void onAlertSent(String description);

    /** An alert was received. */
    void onAlertReceived(String description);

    /** A direction was rekeyed. */
    void onKeyUpdate(Direction direction);

    /** A record or a backend failed, and the connection closes. */
    void onFault(Direction direction, OffloadException fault);

    /** The client's stream ended without close_notify. */
    void onTruncated();
}
