package io.offramp.proxy.upstream.health;

import java.util.Locale;

/** What a check has found. */
public enum CheckResult {
    GOOD,
    /** The server did not accept, or its answer is none of a server that is well. */
    BAD,
    /** The server said nothing within the check's time. It, or this proxy, may be slow. */
    LATE,
    /** The check got no connection within its time, since requests had all there may be: it says nothing. */
    BUSY;

    /** In metrics. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
