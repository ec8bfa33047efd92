package io.offramp.proxy.upstream.health;

import java.util.Locale;

/** What a check has found. */
public enum CheckResult {
    GOOD,
    BAD,
    /** The check got no connection within its time, since requests had all there may be: it says nothing. */
    BUSY;

    /** In metrics. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
