package io.offramp.offload;

import java.util.Locale;

/** Why a backend has not taken a direction. */
public enum DeclineReason {
    /** It never takes this version. */
    VERSION,
    /** It never takes this suite. */
    SUITE,
    /** It never takes this direction. */
    DIRECTION,
    /** No context, key or rule is free now. */
    CAPACITY,
    /** It is down or absent. */
    UNAVAILABLE,
    /** The channel or its addresses do not fit: no socket, wrong address family. */
    CHANNEL;

    /** As a metric's label: {@code suite}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
