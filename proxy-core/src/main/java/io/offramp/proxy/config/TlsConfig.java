package io.offramp.proxy.config;

import io.offramp.offload.record.ProtocolVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * TLS of one listener.
 *
 * @param certificates at least one; the first is the default for a name that none has
 * @param versions     at least one
 * @param ciphers      standard names in order of preference: {@code TLS_AES_128_GCM_SHA256}
 */
public record TlsConfig(List<Certificate> certificates, Set<ProtocolVersion> versions, List<String> ciphers) {
    /**
     * PEM files.
     *
     * @param cert chain, leaf first
     * @param key  private key; the same file as {@code cert} where both are in one
     */
    public record Certificate(Path cert, Path key) {}

    /** One certificate, with every version and cipher that there is. */
    public static TlsConfig of(Certificate certificate) {
        return new TlsConfig(List.of(certificate), Set.of(ProtocolVersion.values()), CipherNames.SUPPORTED);
    }

    /** Copies the collections. */
    public TlsConfig {
        certificates = List.copyOf(certificates);
        versions = Set.copyOf(versions);
        ciphers = List.copyOf(ciphers);
    }
}
