package io.offramp.proxy.budget;

import java.util.Locale;

/** Kinds of work that are shed while clients take too much memory. */
public enum Shed {
    /** A connection was closed as soon as it was accepted. */
    CONNECTION,
    /** A handshake under way was cut off. */
    HANDSHAKE,
    /** A connection between two requests was closed. */
    IDLE,
    /** A client was cut off because it neither read nor sent. */
    STALLED,
    /** A tunnel without a byte for ten seconds was cut. */
    TUNNEL,
    /** A request with an incomplete head was answered with 503. */
    HEAD,
    /** A new request was answered with 503, or one whose body no server took. */
    REQUEST,
    /** A connection was closed because there was no direct memory for its next buffer. */
    BUFFER;

    /** Label in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
