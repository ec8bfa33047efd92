package io.offramp.proxy.handshake.engine;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.certificate.Identities;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.handshake.client.ServerAuth;
import io.offramp.proxy.handshake.crypto.CryptoProviders;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.handshake.crypto.KeyLog;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import io.offramp.proxy.handshake.ticket.ClientSessions;
import io.offramp.proxy.handshake.ticket.SessionParties;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The settings of handshakes with the servers of one upstream, and the sessions that may be resumed with them. Shared
 * by its connections. Thread-safe.
 */
public final class ClientSettings {
    private static final int MAX_BYTES = 128 << 10;

    private static final org.bouncycastle.tls.ProtocolVersion[] BOTH = {
        org.bouncycastle.tls.ProtocolVersion.TLSv13, org.bouncycastle.tls.ProtocolVersion.TLSv12
    };

    private final CryptoProviders providers;
    private final @Nullable ServerAuth auth;
    private final @Nullable Identities identity;
    private final Executor worker;
    private final Duration timeout;
    private final List<Group> groups;
    private final org.bouncycastle.tls.ProtocolVersion[] versions;
    private final int[] suites;
    private final ClientSessions sessions = new ClientSessions();

    /**
     * Probes providers and may block.
     *
     * @param auth how servers are verified; null for not at all
     * @param identity our certificate for servers that ask; null for none
     * @param worker runs the steps that would stall an event loop
     * @param timeout from the first byte to the end of the handshake
     */
    public ClientSettings(
            @Nullable ServerAuth auth, @Nullable ServerIdentity identity, Executor worker, Duration timeout) {
        this(auth, identity, worker, timeout, Set.of(ProtocolVersion.values()), Group.ALL);
    }

    /** With fewer versions and groups. */
    ClientSettings(
            @Nullable ServerAuth auth,
            @Nullable ServerIdentity identity,
            Executor worker,
            Duration timeout,
            Set<ProtocolVersion> allowed,
            List<Group> groups) {
        this.providers = CryptoProviders.best();
        this.auth = auth;
        boolean tls13 = allowed.contains(ProtocolVersion.TLS_1_3);
        this.groups =
                groups.stream().filter(group -> tls13 || !group.isHybrid()).toList();
        this.identity = identity == null ? null : new Identities(List.of(identity), this.groups, providers);
        this.worker = worker;
        this.timeout = timeout;
        this.versions = Arrays.stream(BOTH)
                .filter(each -> allowed.stream().anyMatch(wanted -> wanted.code() == each.getFullVersion()))
                .toArray(org.bouncycastle.tls.ProtocolVersion[]::new);
        this.suites = TlsSuite.ALL.stream()
                .filter(suite -> allowed.contains(suite.version()))
                .mapToInt(TlsSuite::code)
                .toArray();
    }

    /** Our certificate, which may be replaced; null for none. */
    public @Nullable Identities identity() {
        return identity;
    }

    CryptoProviders providers() {
        return providers;
    }

    /** The current trust and certificate. */
    SessionParties parties() {
        return new SessionParties(auth == null ? null : auth.trust(), identity == null ? null : identity.table());
    }

    /** Whether none of them was replaced. */
    boolean areCurrent(SessionParties known) {
        return known.are(auth == null ? null : auth.trust(), identity == null ? null : identity.table());
    }

    ClientSessions sessions() {
        return sessions;
    }

    KeyLog keyLog() {
        return KeyLog.NONE;
    }

    Executor worker() {
        return worker;
    }

    Duration timeout() {
        return timeout;
    }

    int maxBytes() {
        return MAX_BYTES;
    }

    /** Newest first. */
    org.bouncycastle.tls.ProtocolVersion[] versions() {
        return versions.clone();
    }

    /** In order of preference. */
    int[] suites() {
        return suites.clone();
    }

    /** In order of preference. */
    List<Group> groups() {
        return groups;
    }
}
