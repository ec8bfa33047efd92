package io.offramp.proxy.metrics;

import io.offramp.offload.RecordMode;
import io.offramp.offload.SessionInfo;
import java.util.Locale;

/**
 * The reason why a living session was moved to another backend, as a label for counting. The connection's {@code why}
 * has the numbers.
 */
enum MoveReason {
    /** It had carried enough to pay for offload. */
    PROMOTED,
    /** Its backend stopped working. */
    DEGRADED,
    /** The promotion failed: the other backend declined. */
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
