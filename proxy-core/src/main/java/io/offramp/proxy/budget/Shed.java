package io.offramp.proxy.budget;

import java.util.Locale;

/** What is given up while clients take too much. */
public enum Shed {
    /** A connection was closed as soon as it was accepted. */
    CONNECTION,
    /** A handshake under way was cut off. */
    HANDSHAKE,
    /** A connection between two requests was closed. */
    IDLE,
    /** A client was cut off that neither read nor sent while it was waited for. */
    STALLED,
    /** A tunnel in which nothing had passed for ten seconds was cut. */
    TUNNEL,
    /** A request whose head does not end was answered with 503. */
    HEAD,
    /** A new request was answered with 503. */
    REQUEST,
    /** A connection was closed, for there was no direct memory for its next buffer. */
    BUFFER;

    /** As metrics name it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
