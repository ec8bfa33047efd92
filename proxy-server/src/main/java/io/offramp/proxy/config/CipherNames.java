package io.offramp.proxy.config;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.engine.HandshakeSettings;
import java.util.List;

/** The known cipher suites. */
final class CipherNames {
    /** In order of preference. */
    static final List<String> SUPPORTED = HandshakeSettings.supportedCiphers();

    private CipherNames() {}

    /** The only version with this suite: TLS 1.3 suites do not name a key exchange (RFC 8446 §B.4). */
    static ProtocolVersion version(String cipher) {
        return cipher.contains("_WITH_") ? ProtocolVersion.TLS_1_2 : ProtocolVersion.TLS_1_3;
    }
}
