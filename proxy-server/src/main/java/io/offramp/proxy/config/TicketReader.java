package io.offramp.proxy.config;

import io.offramp.proxy.handshake.ticket.BadTicketKeyException;
import io.offramp.proxy.handshake.ticket.TicketKeyFiles;
import io.offramp.proxy.handshake.ticket.TicketSettings;
import io.offramp.proxy.handshake.ticket.Tickets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code tls.tickets}: a mapping, or just true or false. */
final class TicketReader {
    private static final int MAX_COUNT = 8;
    private static final int MAX_SESSIONS = 10_000_000;
    private static final Duration MIN_LIFETIME = Duration.ofMinutes(1);
    private static final Scalar<Duration> LIFETIME = Scalar.duration(MIN_LIFETIME);

    private final Surroundings surroundings;

    TicketReader(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The settings; the defaults if none are written, or after a problem. */
    TicketSettings read(@Nullable Value value) {
        TicketSettings defaults = TicketSettings.DEFAULTS;
        if (value == null) {
            return defaults;
        }
        if (value.isScalar()) {
            Boolean enabled = value.as(Scalar.BOOL);
            return TicketSettings.builder().enabled(enabled == null || enabled).build();
        }
        Section section = value.section("enabled", "count", "lifetime", "keys", "sessions");
        return section == null ? defaults : read(section, defaults);
    }

    private TicketSettings read(Section section, TicketSettings defaults) {
        Duration lifetime = section.get("lifetime", LIFETIME, defaults.lifetime());
        Value written = section.get("lifetime");
        if (lifetime.compareTo(Tickets.MAX_LIFETIME) > 0 && written != null) {
            written.error("must be at most " + Tickets.MAX_LIFETIME.toHours() + "h (RFC 8446 §4.6.1)");
        }
        return TicketSettings.builder()
                .enabled(section.get("enabled", Scalar.BOOL, defaults.enabled()))
                .count(section.get("count", Scalar.number(1, MAX_COUNT), defaults.count()))
                .lifetime(lifetime)
                .keys(keys(section.get("keys")))
                .sessions(section.get("sessions", Scalar.number(0, MAX_SESSIONS), defaults.sessions()))
                .build();
    }

    private List<Path> keys(@Nullable Value value) {
        List<Path> keys = new ArrayList<>();
        if (value != null && value.isScalar()) {
            addKey(value.as(surroundings.path()), value, keys);
        } else if (value != null) {
            value.distinct("a file, or a list of files", surroundings.path())
                    .forEach((file, item) -> addKey(file, item, keys));
        }
        return keys;
    }

    private static void addKey(@Nullable Path file, Value value, List<Path> keys) {
        if (file == null) {
            return;
        }
        try {
            TicketKeyFiles.check(file);
            keys.add(file);
            String warning = TicketKeyFiles.warning(file);
            if (warning != null) {
                value.warn(warning);
            }
        } catch (BadTicketKeyException e) {
            value.error(String.valueOf(e.getMessage()));
        }
    }
}
