package io.offramp.proxy.upstream.health;

import java.util.Locale;

/** Whether a server gets requests. */
public enum ServerState {
    /** It does. */
    UP,
    /** It has not accepted a connection a moment ago. */
    UNREACHABLE,
    /** Its last answers were faults; it is left alone for a while. */
    EJECTED,
    /** Its checks fail. */
    DOWN,
    /** By command; its requests under way may end. */
    DRAINED;

    /** In logs, metrics and pages. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
