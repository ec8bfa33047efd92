package io.offramp.proxy.admin;

import java.util.Locale;

/** The phase of a proxy's life, for its health pages. Only {@link #REPLACED} can go back. */
public enum Phase {
    /** Connections are accepted, but code is still cold. */
    WARMING,
    READY,
    /** About to stop: connections are accepted, and load balancers should send no more. */
    LEAVING,
    /** Another process accepts connections on the same sockets; if it ends, this one is READY again. */
    REPLACED,
    /** No further connections are accepted. */
    DRAINING;

    /** One word for the pages. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
