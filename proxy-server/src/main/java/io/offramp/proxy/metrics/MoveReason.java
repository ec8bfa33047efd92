package io.offramp.proxy.metrics;

import io.offramp.offload.RecordMode;
import io.offramp.offload.SessionInfo;
import java.util.Locale;

/**
 * Why a living session was moved to another backend, in classes to count by; the connection's own {@code why} has the
 * numbers.
 */
enum MoveReason {
    /** It has shown that offload pays. */
    PROMOTED,
    /** Its backend no longer did the work. */
    DEGRADED,
    /** It was to be promoted, and the other backend did not take it. */
    DECLINED;

    static MoveReason of(SessionInfo from, SessionInfo to) {
        if (to.mode() != RecordMode.SW) {
            return PROMOTED;
        }
        return from.backend().equals(to.backend()) ? DECLINED : DEGRADED;
    }

    /** As a metric's label: {@code promoted}. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
