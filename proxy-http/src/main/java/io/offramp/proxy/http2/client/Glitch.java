package io.offramp.proxy.http2.client;

import java.util.Locale;

/**
 * Events on a client's connection that are legal or forgivable one by one, and an attack in numbers. Each has a cost
 * against {@link Glitches}.
 */
public enum Glitch {
    /** A PING, which we have to answer (CVE-2019-9512). */
    PING(2),
    /** SETTINGS, which we have to acknowledge (CVE-2019-9515). */
    SETTINGS(10),
    /** PRIORITY or PRIORITY_UPDATE, which we ignore. */
    PRIORITY(1),
    /** A WINDOW_UPDATE (CVE-2019-9511). */
    WINDOW_UPDATE(1),
    /** A frame of an unknown type, or GOAWAY. */
    UNKNOWN(2),
    /** A DATA frame without data and without an end (CVE-2019-9518). */
    EMPTY(4),
    /** A CONTINUATION (CVE-2024-27983 and its like). */
    CONTINUATION(4),
    /** An answer to a PING or to SETTINGS; each of ours earns one. */
    ACK(1),
    /** A stream that the client took back within a second, before its answer was complete (CVE-2023-44487). */
    CANCELLED(5),
    /** The same for an older stream, as of an event source or a call that serves for long. */
    LEFT(1),
    /** A stream that we had to reset for a fault of the client: MadeYouReset (CVE-2025-8671). */
    FAULT(5),
    /** A stream above the limit, or a frame for one that we have reset. */
    REFUSED(2);

    private final int cost;

    Glitch(int cost) {
        this.cost = cost;
    }

    int cost() {
        return cost;
    }

    /** Whether its stream came to nothing. */
    boolean isOfStream() {
        return this == CANCELLED || this == LEFT || this == FAULT || this == REFUSED;
    }

    /** Label in metrics, and reason in the log. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
