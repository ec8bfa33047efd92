package io.offramp.proxy.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Session resumption at one listener.
 *
 * @param enabled true to send and accept tickets
 * @param count tickets that a TLS 1.3 client gets after a handshake (RFC 8446 §4.6.1); TLS 1.2 has one
 * @param lifetime from the full handshake on, regardless of resumptions in between; at most seven days
 * @param keys files with ticket keys, 48 or 80 bytes each: the first protects new tickets, all open tickets of clients;
 *     empty for keys that the process makes and replaces itself
 * @param sessions TLS 1.2 sessions kept for clients without tickets; 0 for none
 */
public record TicketConfig(boolean enabled, int count, Duration lifetime, List<Path> keys, int sessions) {
    /** The default. */
    public static final TicketConfig DEFAULTS = new TicketConfig(true, 2, Duration.ofHours(2), List.of(), 20_000);

    /** Copies the list. */
    public TicketConfig {
        keys = List.copyOf(keys);
    }
}
