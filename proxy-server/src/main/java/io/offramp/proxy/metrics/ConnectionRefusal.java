package io.offramp.proxy.metrics;

import java.util.Locale;

/** Which limit a connection was closed at before it began. */
public enum ConnectionRefusal {
    /** Open connections. */
    CONNECTIONS,
    /** Handshakes under way, with no other that could make room; or no memory for one more. */
    HANDSHAKES,
    /** Open connections of one client address. */
    CONNECTIONS_PER_ADDRESS,
    /** Handshakes under way of one client address. */
    HANDSHAKES_PER_ADDRESS;

    /** As a metric's label: {@code connections_per_address}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
