package io.offramp.proxy.config;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.CertificateFiles;
import io.offramp.proxy.handshake.CertificateSource;
import io.offramp.proxy.session.RecordSizeConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one listener.
 *
 * @param certificates where they come from, at least one; the first is the default for a name that none has
 * @param versions at least one
 * @param ciphers standard names in order of preference: {@code TLS_AES_128_GCM_SHA256}
 * @param groups of the key exchange, standard names in order of preference: {@code X25519MLKEM768}
 * @param alpn which protocol is spoken inside
 * @param tickets how sessions are resumed
 * @param clientAuth whether clients show a certificate
 * @param recordSize how much goes into a record
 * @param keylog where secrets are written for whoever reads captures; null, as it must be in production, for nowhere
 */
public record TlsConfig(
        List<CertificateSource> certificates,
        Set<ProtocolVersion> versions,
        List<String> ciphers,
        List<String> groups,
        AlpnConfig alpn,
        TicketConfig tickets,
        ClientAuthConfig clientAuth,
        RecordSizeConfig recordSize,
        @Nullable Path keylog) {
    /** These certificates, versions and ciphers; everything else as where nothing is configured. */
    public static TlsConfig of(
            List<CertificateSource> certificates,
            Set<ProtocolVersion> versions,
            List<String> ciphers,
            ListenerConfig.Mode mode) {
        return new TlsConfig(
                certificates,
                versions,
                ciphers,
                GroupReader.SUPPORTED,
                AlpnConfig.of(mode),
                TicketConfig.DEFAULTS,
                ClientAuthConfig.OFF,
                RecordSizeConfig.DEFAULTS,
                null);
    }

    /** One certificate, with every version and cipher that there is. */
    public static TlsConfig of(CertificateFiles certificate, ListenerConfig.Mode mode) {
        return of(List.of(certificate), Set.of(ProtocolVersion.values()), CipherNames.SUPPORTED, mode);
    }

    /** The same with secrets written to this file; null for none. */
    public TlsConfig withKeylog(@Nullable Path file) {
        return new TlsConfig(certificates, versions, ciphers, groups, alpn, tickets, clientAuth, recordSize, file);
    }

    /** Copies the collections. */
    public TlsConfig {
        certificates = List.copyOf(certificates);
        versions = Set.copyOf(versions);
        ciphers = List.copyOf(ciphers);
        groups = List.copyOf(groups);
    }
}
