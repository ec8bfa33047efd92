package io.offramp.proxy.metrics;

import java.util.Locale;

/** Why a living session was moved to another backend, in classes to count by; the connection's own {@code why} has the numbers. */
public enum MoveReason {
    /** It has shown that offload pays. */
    PAYS,
    /** Its backend no longer did the work itself. */
    DEGRADED,
    /** Its backend failed. */
    FAULT,
    /** Its backend is going down in good order. */
    DRAIN;

    /** As a metric's label: {@code pays}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
