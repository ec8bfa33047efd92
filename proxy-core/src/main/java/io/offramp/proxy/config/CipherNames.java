package io.offramp.proxy.config;

import io.offramp.offload.record.ProtocolVersion;
import java.util.List;

/** The cipher suites that there are. */
final class CipherNames {
    /** In order of preference. */
    static final List<String> SUPPORTED = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private CipherNames() {}

    /** The only version that knows this suite: TLS 1.3 suites do not name a key exchange (RFC 8446 §B.4). */
    static ProtocolVersion version(String cipher) {
        return cipher.contains("_WITH_") ? ProtocolVersion.TLS_1_2 : ProtocolVersion.TLS_1_3;
    }
}
