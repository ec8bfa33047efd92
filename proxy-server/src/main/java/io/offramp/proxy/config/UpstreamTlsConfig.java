package io.offramp.proxy.config;

import io.offramp.proxy.handshake.certificate.CertificateFiles;
import io.offramp.proxy.session.OffloadConfig;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards the servers of one upstream.
 *
 * @param verify whether their certificates are verified
 * @param ca PEM files with the certificates that a server's path may end in; empty for those of the machine
 * @param crl PEM or DER file with revocation lists of these; null for no check
 * @param serverName that a certificate must have, and that is asked for by SNI; null for each server's own host
 * @param alpn protocols to offer; empty for those that follow from what is spoken
 * @param identity our certificate for servers that ask; null for none
 * @param offload where records are protected
 */
public record UpstreamTlsConfig(
        Verify verify,
        List<Path> ca,
        @Nullable Path crl,
        @Nullable String serverName,
        List<String> alpn,
        @Nullable CertificateFiles identity,
        OffloadConfig offload) {
    /** What is demanded of a server's certificate. */
    public enum Verify {
        /** Its path, its purpose, its name and its time. */
        FULL,
        /** Nothing: anyone on the way may be the server. */
        NONE
    }

    /** Verified by the certificates of the machine, in software. */
    public static final UpstreamTlsConfig DEFAULTS =
            new UpstreamTlsConfig(Verify.FULL, List.of(), null, null, List.of(), null, OffloadConfig.SOFTWARE);

    /** Copies the lists. */
    public UpstreamTlsConfig {
        ca = List.copyOf(ca);
        alpn = List.copyOf(alpn);
    }
}
