package io.offramp.proxy.handshake.engine;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.certificate.Identities;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.handshake.client.ClientAuth;
import io.offramp.proxy.handshake.client.ClientTrust;
import io.offramp.proxy.handshake.crypto.CryptoProviders;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.handshake.crypto.KeyLog;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import io.offramp.proxy.handshake.ticket.Tickets;
import io.offramp.proxy.tls.Role;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.Vector;
import java.util.concurrent.Executor;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.ProtocolName;
import org.jspecify.annotations.Nullable;

/**
 * The handshake settings of a listener. Built once per listener and shared by its connections; building it probes
 * providers and may block.
 */
public final class HandshakeSettings implements EngineSettings {
    private static final org.bouncycastle.tls.ProtocolVersion[] BOTH = {
        org.bouncycastle.tls.ProtocolVersion.TLSv13, org.bouncycastle.tls.ProtocolVersion.TLSv12
    };

    private final CryptoProviders providers;
    private final Identities identities;
    private final org.bouncycastle.tls.ProtocolVersion[] versions;
    private final int[] suites;
    private final List<Group> groups;
    private final Vector<ProtocolName> protocols = new Vector<>();
    private final boolean ignoresOtherProtocols;
    private final Duration timeout;
    private final int maxBytes;
    private final KeyLog keyLog;
    private final Executor worker;
    private final @Nullable ClientAuth clientAuth;
    private final @Nullable Tickets tickets;

    private HandshakeSettings(Builder from) {
        this.providers = from.providers;
        this.versions = Arrays.stream(BOTH)
                .filter(version -> from.versions.stream().anyMatch(wanted -> wanted.code() == version.getFullVersion()))
                .toArray(org.bouncycastle.tls.ProtocolVersion[]::new);
        this.suites = codes(from.versions, from.ciphers);
        this.groups = from.groups.stream().map(HandshakeSettings::group).toList();
        this.identities = new Identities(from.identities, groups, providers);
        from.protocols.forEach(name -> this.protocols.add(ProtocolName.asUtf8Encoding(name)));
        this.ignoresOtherProtocols = from.ignoresOtherProtocols;
        this.timeout = from.timeout;
        this.maxBytes = from.maxBytes;
        this.keyLog = from.keyLog;
        this.worker = from.worker;
        this.clientAuth = from.clientAuth;
        this.tickets = from.tickets;
    }

    /**
     * A builder with the usual values.
     *
     * @param identities at least one; the first serves names that match none
     * @param worker runs the steps that would stall an event loop: RSA signatures, client certificates, and all steps
     *     without a native provider
     */
    public static Builder builder(List<ServerIdentity> identities, Executor worker) {
        return new Builder(identities, worker);
    }

    /** Takes changes to the usual values. Not thread-safe. */
    public static final class Builder {
        private final Executor worker;
        private CryptoProviders providers = CryptoProviders.best();
        private List<ServerIdentity> identities;
        private Set<ProtocolVersion> versions = Set.of(ProtocolVersion.values());
        private List<String> ciphers = supportedCiphers();
        private List<String> groups = supportedGroups();
        private List<String> protocols = List.of();
        private boolean ignoresOtherProtocols;
        private Duration timeout = Duration.ofSeconds(10);
        private int maxBytes = 64 << 10;
        private @Nullable ClientAuth clientAuth;
        private KeyLog keyLog = KeyLog.NONE;
        private @Nullable Tickets tickets;

        private Builder(List<ServerIdentity> identities, Executor worker) {
            this.identities = identities;
            this.worker = worker;
        }

        /** Replaces {@link CryptoProviders#best()}. */
        Builder providers(CryptoProviders only) {
            providers = only;
            return this;
        }

        /** Replaces the first identities. */
        Builder identities(List<ServerIdentity> others) {
            identities = others;
            return this;
        }

        /** At least one. */
        public Builder versions(Set<ProtocolVersion> allowed) {
            versions = allowed;
            return this;
        }

        /** Standard names in order of preference, of {@link #supportedCiphers()}. */
        public Builder ciphers(List<String> names) {
            ciphers = names;
            return this;
        }

        /** Standard names in order of preference, of {@link #supportedGroups()}. */
        public Builder groups(List<String> names) {
            groups = names;
            return this;
        }

        /** The protocols for ALPN, such as {@code http/1.1}; empty for no ALPN. */
        public Builder protocols(List<String> names) {
            protocols = names;
            return this;
        }

        /**
         * Whether a client that offers only other protocols is served as if it had offered none, instead of being
         * refused.
         */
        public Builder ignoresOtherProtocols(boolean ignore) {
            ignoresOtherProtocols = ignore;
            return this;
        }

        /** From the start of the connection to the end of the handshake. */
        public Builder timeout(Duration limit) {
            timeout = limit;
            return this;
        }

        /** How sessions are resumed; null, the default, for no resumption. */
        public Builder tickets(@Nullable Tickets shared) {
            tickets = shared;
            return this;
        }

        /** What a client may send before its handshake is complete. */
        public Builder maxBytes(int limit) {
            maxBytes = limit;
            return this;
        }

        /** Asks clients for a certificate; null, the default, for no request. */
        public Builder clientAuth(@Nullable ClientAuth auth) {
            clientAuth = auth;
            return this;
        }

        /** Gets the secrets of all sessions. Never in production. */
        public Builder keyLog(KeyLog log) {
            keyLog = log;
            return this;
        }

        /**
         * Prepares certificates and providers; may block.
         *
         * @throws IllegalArgumentException if a list is empty, a cipher or group unknown, or none fits any version
         */
        public HandshakeSettings build() {
            if (identities.isEmpty()) {
                throw new IllegalArgumentException("at least one certificate is needed");
            }
            if (groups.isEmpty()) {
                throw new IllegalArgumentException("at least one group is needed");
            }
            return new HandshakeSettings(this);
        }
    }

    /** All ciphers that can be configured, by the standard's names, in the default order of preference. */
    public static List<String> supportedCiphers() {
        return TlsSuite.ALL.stream().map(TlsSuite::name).toList();
    }

    /** All groups that can be configured, by the standard's names, in the default order of preference. */
    public static List<String> supportedGroups() {
        return Group.ALL.stream().map(Group::label).toList();
    }

    /** True for a group of {@link #supportedGroups()} that TLS 1.2 does not know. */
    public static boolean isTls13Only(String groupName) {
        return group(groupName).isHybrid();
    }

    @Override
    public Role role() {
        return Role.SERVER;
    }

    @Override
    public HandshakeEngine start() throws IOException {
        return HandshakeProtocol.start(this);
    }

    @Override
    public Duration timeout() {
        return timeout;
    }

    @Override
    public int maxBytes() {
        return maxBytes;
    }

    /** Whether any step of a handshake leaves the event loop. */
    public boolean usesWorker() {
        return identities.areStepsSlow() || clientAuth != null;
    }

    /** The certificates, which may be replaced. */
    public Identities identities() {
        return identities;
    }

    /** Null if sessions are not resumed. */
    @Nullable
    Tickets tickets() {
        return tickets;
    }

    CryptoProviders providers() {
        return providers;
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

    /**
     * The group for a TLS 1.2 client.
     *
     * @param offered what it supports; null if it does not say, so that the server is free to choose (RFC 8422 §4)
     * @return its number; -1 if there is none
     */
    int groupOfTls12(int @Nullable [] offered) {
        if (offered == null && groups.contains(Group.SECP256R1)) { // supported by all
            return Group.SECP256R1.code();
        }
        for (Group group : groups) {
            if (!group.isHybrid()
                    && (offered == null || org.bouncycastle.util.Arrays.contains(offered, group.code()))) {
                return group.code();
            }
        }
        return -1;
    }

    /** Empty for no ALPN. */
    Vector<ProtocolName> protocols() {
        return protocols;
    }

    boolean ignoresOtherProtocols() {
        return ignoresOtherProtocols;
    }

    KeyLog keyLog() {
        return keyLog;
    }

    @Override
    public Executor worker() {
        return worker;
    }

    /** The current trust for client certificates; null if clients are not asked. */
    @Nullable
    ClientTrust clientTrust() {
        return clientAuth == null ? null : clientAuth.trust();
    }

    /**
     * Keys are exchanged and signatures made in answer to plaintext handshake records. The rest is hashing, except for
     * client certificates, which come in encrypted records in TLS 1.3.
     */
    boolean isExpensive(int recordType) {
        return switch (recordType) {
            case ContentType.handshake -> usesWorker();
            case ContentType.application_data -> clientAuth != null;
            default -> false;
        };
    }

    private static int[] codes(Set<ProtocolVersion> versions, List<String> ciphers) {
        int[] codes = ciphers.stream()
                .map(HandshakeSettings::suite)
                .filter(suite -> versions.contains(suite.version()))
                .mapToInt(TlsSuite::code)
                .toArray();
        if (codes.length == 0) {
            throw new IllegalArgumentException("none of " + ciphers + " is a cipher of TLS "
                    + versions.stream().map(ProtocolVersion::label).sorted().toList());
        }
        return codes;
    }

    private static Group group(String name) {
        Group group = Group.named(name);
        if (group == null) {
            throw new IllegalArgumentException("unknown group '" + name + "'");
        }
        return group;
    }

    private static TlsSuite suite(String name) {
        TlsSuite suite = TlsSuite.named(name);
        if (suite == null) {
            throw new IllegalArgumentException("unknown cipher '" + name + "'");
        }
        return suite;
    }
}
