package io.offramp.proxy.server;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.offramp.offload.ConnectionOffload;
import io.offramp.offload.ConnectionWatch;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.config.TlsConfig;
import io.offramp.proxy.config.UpstreamTlsConfig;
import io.offramp.proxy.handshake.certificate.BadCertificateException;
import io.offramp.proxy.handshake.certificate.CertificateFiles;
import io.offramp.proxy.handshake.certificate.Identities;
import io.offramp.proxy.handshake.certificate.ListenerCertificates;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.handshake.client.ClientAuth;
import io.offramp.proxy.handshake.client.ClientAuthSettings;
import io.offramp.proxy.handshake.client.ServerAuth;
import io.offramp.proxy.handshake.crypto.KeyLog;
import io.offramp.proxy.handshake.engine.AlpnSettings;
import io.offramp.proxy.handshake.engine.ClientSettings;
import io.offramp.proxy.handshake.engine.HandshakeSettings;
import io.offramp.proxy.handshake.ticket.BadTicketKeyException;
import io.offramp.proxy.handshake.ticket.TicketKeyFiles;
import io.offramp.proxy.handshake.ticket.TicketKeys;
import io.offramp.proxy.handshake.ticket.TicketSettings;
import io.offramp.proxy.handshake.ticket.Tickets;
import io.offramp.proxy.metrics.ListenerMetrics;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.reload.Reloadable;
import io.offramp.proxy.server.HandshakeParts.TicketPart;
import io.offramp.proxy.sockets.Inheritance;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the handshake settings of listeners, which share the threads for steps that would stall an event loop. */
final class Handshakes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Handshakes.class);

    private final KeyLogs keyLogs = new KeyLogs();
    private final ProxyMetrics metrics;
    private final ExecutorService workers;
    private final Inheritance inheritance;

    /**
     * @param threads started when first needed
     * @param inheritance has ticket keys of the process before
     */
    Handshakes(ProxyMetrics metrics, int threads, Inheritance inheritance) {
        this.metrics = metrics;
        this.inheritance = inheritance;
        this.workers = Executors.newFixedThreadPool(threads, new DefaultThreadFactory("offramp-handshake", true));
    }

    /**
     * Reads a listener's certificates and prepares its crypto. Blocks.
     *
     * @param device that runs the handshakes; null for the host
     * @param watch gets the secrets, too; null for nobody
     * @param before the listener in the generation before, whose parts go on if their settings are the same; null for
     *     none
     */
    HandshakeParts settings(
            ProxyConfig config,
            ListenerConfig listener,
            TlsConfig tls,
            @Nullable ConnectionOffload device,
            @Nullable ConnectionWatch watch,
            @Nullable HandshakeParts before)
            throws StartException {
        if (before != null && before.isFor(listener.name(), tls, config.handshakes(), watch)) {
            return before;
        }
        ListenerCertificates certificates = certificates(listener.name(), tls);
        List<Reloadable> files = new ArrayList<>();
        files.add(certificates);
        TicketPart tickets = tickets(listener.name(), tls.tickets(), before);
        files.addAll(tickets.files(listener.name()).toList());
        HandshakeSettings settings = HandshakeSettings.builder(
                        certificates.identities(), device == null ? workers : device.workers())
                .versions(tls.versions())
                .ciphers(tls.ciphers())
                .groups(tls.groups())
                .protocols(tls.alpn().protocols())
                .ignoresOtherProtocols(tls.alpn().mismatch() == AlpnSettings.Mismatch.IGNORE)
                .tickets(tickets.tickets())
                .timeout(config.handshakes().timeout())
                .maxBytes(config.handshakes().bytes())
                .clientAuth(clientAuth(listener.name(), tls.clientAuth(), files))
                .keyLog(keyLog(listener.name(), tls, watch))
                .build();
        certificates.publishTo(settings.identities()::replace);
        return new HandshakeParts(
                listener.name(), tls, config.handshakes(), watch, settings, certificates, tickets, files);
    }

    /**
     * Reads what handshakes with the servers of an upstream need. Blocks.
     *
     * @param timeout for each
     * @param files receives what has been read
     */
    ClientSettings settings(String upstream, UpstreamTlsConfig tls, Duration timeout, List<Reloadable> files)
            throws StartException {
        try {
            ServerAuth auth =
                    tls.verify() == UpstreamTlsConfig.Verify.NONE ? null : ServerAuth.load(tls.ca(), tls.crl());
            if (auth != null && !auth.files().isEmpty()) {
                files.add(Reloadable.of("server trust", upstream, auth.files(), auth::reload));
            }
            CertificateFiles own = tls.identity();
            ClientSettings settings = new ClientSettings(auth, own == null ? null : own.load(), workers, timeout);
            Identities identity = settings.identity();
            if (own != null && identity != null) {
                files.add(Reloadable.of("certificate", upstream, own.watched(), () -> reload(own, identity)));
            }
            return settings;
        } catch (BadCertificateException e) {
            throw new StartException("upstream " + upstream + ": " + e.getMessage());
        }
    }

    private static List<String> reload(CertificateFiles own, Identities identity) throws BadCertificateException {
        ServerIdentity next = own.load();
        ServerIdentity before = identity.all().getFirst();
        if (next.chain().equals(before.chain())) {
            return List.of();
        }
        identity.replace(List.of(next));
        return List.of("replaced: " + own.cert());
    }

    private KeyLog keyLog(String listener, TlsConfig tls, @Nullable ConnectionWatch watch) throws StartException {
        KeyLog log = keyLogs.of(listener, tls.keylog());
        return watch == null ? log : log.and(watch::onSecret);
    }

    private static ListenerCertificates certificates(String listener, TlsConfig tls) throws StartException {
        try {
            return ListenerCertificates.load(listener, tls.certificates());
        } catch (BadCertificateException e) {
            throw new StartException(listener + ": " + e.getMessage());
        }
    }

    private @Nullable ClientAuth clientAuth(String listener, ClientAuthSettings auth, List<Reloadable> files)
            throws StartException {
        if (auth.mode() == ClientAuthSettings.Mode.OFF) {
            return null;
        }
        try {
            ClientAuth loaded = ClientAuth.load(
                    auth.mode() == ClientAuthSettings.Mode.REQUIRED, auth.ca(), auth.crl(), auth.depth());
            files.add(Reloadable.of("client trust", listener, loaded.files(), loaded::reload));
            return loaded;
        } catch (BadCertificateException e) {
            throw new StartException(listener + ": " + e.getMessage());
        }
    }

    private TicketPart tickets(String listener, TicketSettings from, @Nullable HandshakeParts before)
            throws StartException {
        ListenerMetrics events = metrics.listener(listener);
        if (before != null && before.tickets().from().equals(from)) {
            return before.tickets().reportingTo(events);
        }
        if (!from.enabled()) {
            return new TicketPart(from, null, null);
        }
        InstantSource clock = InstantSource.system();
        TicketKeyFiles files = from.keys().isEmpty() ? null : ticketKeys(listener, from.keys());
        TicketKeys keys = files == null ? ownKeys(listener, from.lifetime(), clock) : files;
        Tickets tickets = new Tickets(keys, from.count(), from.lifetime(), from.sessions(), events, clock);
        restoreSessions(listener, tickets);
        return new TicketPart(from, tickets, files);
    }

    /** A fault costs sessions, which clients begin anew, and not the start. */
    private void restoreSessions(String listener, Tickets tickets) {
        byte[] saved = inheritance.takeSessions(listener);
        if (saved != null) {
            try {
                tickets.restoreSessions(saved);
            } catch (IllegalArgumentException e) {
                LOG.warn("{}: from the process before: {}", listener, e.getMessage());
            } finally {
                Arrays.fill(saved, (byte) 0);
            }
        }
    }

    /** New ones, or those of the process before this one. */
    private TicketKeys ownKeys(String listener, Duration lifetime, InstantSource clock) throws StartException {
        byte[] saved = inheritance.takeTicketKeys(listener);
        if (saved == null) {
            return TicketKeys.rotating(lifetime, clock);
        }
        try {
            return TicketKeys.rotating(lifetime, clock, saved);
        } catch (IllegalArgumentException e) {
            throw new StartException(listener + ": from the process before: " + e.getMessage());
        } finally {
            Arrays.fill(saved, (byte) 0);
        }
    }

    private static TicketKeyFiles ticketKeys(String listener, List<Path> files) throws StartException {
        try {
            return new TicketKeyFiles(files);
        } catch (BadTicketKeyException e) {
            throw new StartException(listener + ": " + e.getMessage());
        }
    }

    /** The key logs of the listeners prepared so far. */
    KeyLogs keyLogs() {
        return keyLogs;
    }

    /** Called when no handshake is under way any more. */
    @Override
    public void close() {
        workers.shutdown();
        keyLogs.close();
    }
}
