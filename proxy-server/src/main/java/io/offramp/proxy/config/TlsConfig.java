package io.offramp.proxy.config;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.certificate.CertificateFiles;
import io.offramp.proxy.handshake.certificate.CertificateSource;
import io.offramp.proxy.handshake.client.ClientAuthSettings;
import io.offramp.proxy.handshake.engine.AlpnSettings;
import io.offramp.proxy.handshake.ticket.TicketSettings;
import io.offramp.proxy.session.RecordSizeConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one listener.
 *
 * @param certificates sources, at least one; the first is the default for unknown names
 * @param versions at least one
 * @param ciphers standard names in order of preference: {@code TLS_AES_128_GCM_SHA256}
 * @param groups of the key exchange, standard names in order of preference: {@code X25519MLKEM768}
 * @param alpn protocol inside TLS
 * @param tickets resumption of sessions
 * @param clientAuth client certificates
 * @param recordSize size of the records that we send
 * @param keylog file for the secrets of all sessions, to read captures; null for none, as in production
 */
public record TlsConfig(
        List<CertificateSource> certificates,
        Set<ProtocolVersion> versions,
        List<String> ciphers,
        List<String> groups,
        AlpnSettings alpn,
        TicketSettings tickets,
        ClientAuthSettings clientAuth,
        RecordSizeConfig recordSize,
        @Nullable Path keylog) {
    /** These certificates, versions and ciphers; defaults for the rest. */
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
                AlpnReader.usual(mode, true),
                TicketSettings.DEFAULTS,
                ClientAuthSettings.OFF,
                RecordSizeConfig.DEFAULTS,
                null);
    }

    /** One certificate, with every known version and cipher. */
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
