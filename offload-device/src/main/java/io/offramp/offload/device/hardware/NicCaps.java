package io.offramp.offload.device.hardware;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;

/**
 * The capability bits of a device: {@code tls_tx}, {@code tls_rx} and those of {@code tls_cap}.
 *
 * @param tx encrypts
 * @param rx decrypts
 * @param tls12AesGcm128 {@code tls_1_2_aes_gcm_128}
 * @param tls12AesGcm256 {@code tls_1_2_aes_gcm_256}
 * @param tls13AesGcm128 {@code tls_1_3_aes_gcm_128}
 * @param tls13AesGcm256 {@code tls_1_3_aes_gcm_256}
 */
public record NicCaps(
        boolean tx,
        boolean rx,
        boolean tls12AesGcm128,
        boolean tls12AesGcm256,
        boolean tls13AesGcm128,
        boolean tls13AesGcm256) {
    /** Everything that the bits can say. */
    public static final NicCaps ALL = new NicCaps(true, true, true, true, true, true);

    /** True where records of this version and suite can be offloaded. */
    public boolean supports(ProtocolVersion version, AeadSuite suite) {
        boolean is13 = version == ProtocolVersion.TLS_1_3;
        return switch (suite) {
            case AES_128_GCM -> is13 ? tls13AesGcm128 : tls12AesGcm128;
            case AES_256_GCM -> is13 ? tls13AesGcm256 : tls12AesGcm256;
            case CHACHA20_POLY1305 -> false;
        };
    }
}
