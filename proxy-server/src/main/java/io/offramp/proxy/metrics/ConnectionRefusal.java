package io.offramp.proxy.metrics;

import java.util.Locale;

/** The limit that closed a connection at accept. */
public enum ConnectionRefusal {
    /** Open connections. */
    CONNECTIONS,
    /** Handshakes under way, if no other could make room or memory was short. */
    HANDSHAKES,
    /** Open connections of one client address. */
    CONNECTIONS_PER_ADDRESS,
    /** Handshakes under way of one client address. */
    HANDSHAKES_PER_ADDRESS,
    /** New connections of one client address in a time. */
    CONNECTION_RATE,
    /** An address that may not connect. */
    ADDRESS;

    /** As a metric's label: {@code connections_per_address}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
