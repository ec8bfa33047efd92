package io.offramp.proxy.handshake.ticket;

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
public record TicketSettings(boolean enabled, int count, Duration lifetime, List<Path> keys, int sessions) {
    /** The default. */
    public static final TicketSettings DEFAULTS = new TicketSettings(true, 2, Duration.ofHours(2), List.of(), 20_000);

    /** The default, with other choices by name. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the choices. */
    public static final class Builder {
        private boolean enabled = DEFAULTS.enabled;
        private int count = DEFAULTS.count;
        private Duration lifetime = DEFAULTS.lifetime;
        private List<Path> keys = DEFAULTS.keys;
        private int sessions = DEFAULTS.sessions;

        private Builder() {}

        /** True to send and accept tickets. */
        public Builder enabled(boolean choice) {
            enabled = choice;
            return this;
        }

        /** Tickets that a TLS 1.3 client gets. */
        public Builder count(int choice) {
            count = choice;
            return this;
        }

        /** From the full handshake on. */
        public Builder lifetime(Duration choice) {
            lifetime = choice;
            return this;
        }

        /** Files with ticket keys. */
        public Builder keys(List<Path> choice) {
            keys = choice;
            return this;
        }

        /** TLS 1.2 sessions kept for clients without tickets. */
        public Builder sessions(int choice) {
            sessions = choice;
            return this;
        }

        /** With the choices so far. */
        public TicketSettings build() {
            return new TicketSettings(enabled, count, lifetime, keys, sessions);
        }
    }

    /** Copies the list. */
    public TicketSettings {
        keys = List.copyOf(keys);
    }
}
