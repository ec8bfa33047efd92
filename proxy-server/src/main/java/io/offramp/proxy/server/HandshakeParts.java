package io.offramp.proxy.server;

import io.offramp.offload.ConnectionWatch;
import io.offramp.proxy.config.TlsConfig;
import io.offramp.proxy.handshake.certificate.ListenerCertificates;
import io.offramp.proxy.handshake.engine.HandshakeLimits;
import io.offramp.proxy.handshake.engine.HandshakeSettings;
import io.offramp.proxy.handshake.ticket.ResumptionListener;
import io.offramp.proxy.handshake.ticket.TicketKeyFiles;
import io.offramp.proxy.handshake.ticket.TicketSettings;
import io.offramp.proxy.handshake.ticket.Tickets;
import io.offramp.proxy.reload.Reloadable;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The handshake settings of one listener, with what they were made from: the next generation takes over the parts whose
 * settings are the same. So a reload loses neither the keys of tickets nor the sessions that clients may resume.
 *
 * @param listener its name
 * @param tls they were made from
 * @param limits they were made from
 * @param watch gets the secrets, too; null for nobody
 * @param settings the whole
 * @param certificates a part of it
 * @param tickets a part of it
 * @param own files of all parts
 */
record HandshakeParts(
        String listener,
        TlsConfig tls,
        HandshakeLimits limits,
        @Nullable ConnectionWatch watch,
        HandshakeSettings settings,
        ListenerCertificates certificates,
        TicketPart tickets,
        List<Reloadable> own) {
    /**
     * Resumption. The same keys go on when the listener gets another name.
     *
     * @param from it was made from
     * @param tickets null for none
     * @param keys that are read from files; null for others
     */
    record TicketPart(
            TicketSettings from,
            @Nullable Tickets tickets,
            @Nullable TicketKeyFiles keys) {
        Stream<Reloadable> files(String owner) {
            return keys == null
                    ? Stream.empty()
                    : Stream.of(Reloadable.of("ticket key", owner, from.keys(), keys::reload));
        }

        TicketPart reportingTo(ResumptionListener listener) {
            return new TicketPart(from, tickets == null ? null : tickets.reportingTo(listener), keys);
        }
    }

    /** All files that were read, to be read again when they change. */
    Stream<Reloadable> files() {
        return own.stream();
    }

    /** Whether all of it is as this configuration says. */
    boolean isFor(String name, TlsConfig config, HandshakeLimits bounds, @Nullable ConnectionWatch watcher) {
        return listener.equals(name) && tls.equals(config) && limits.equals(bounds) && watch == watcher;
    }
}
