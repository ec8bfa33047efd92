package io.offramp.proxy.session;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One direction's traffic secret of TLS 1.3, and the keys that follow from it (RFC 8446 §7.2, §7.3). Owns the secret,
 * and wipes each generation when the next is made.
 */
final class KeySchedule {
    private final AeadSuite suite;
    private final String kdf;
    private final int hashBytes;
    private byte[] secret;

    /**
     * @param hash JCA name: {@code SHA-256}
     * @param secret the application traffic secret; copied
     */
    KeySchedule(AeadSuite suite, String hash, byte[] secret) {
        this.suite = suite;
        this.kdf = "HKDF-" + hash.replace("-", "");
        this.hashBytes = secret.length;
        this.secret = secret.clone();
    }

    /** Steps to the next generation; the caller owns the keys. */
    TrafficKeys next() {
        byte[] next = expandLabel("traffic upd", hashBytes);
        destroy();
        secret = next;
        return new TrafficKeys(
                ProtocolVersion.TLS_1_3,
                suite,
                expandLabel("key", suite.keyBytes()),
                expandLabel("iv", AeadSuite.NONCE_BYTES),
                0);
    }

    void destroy() {
        Arrays.fill(secret, (byte) 0);
    }

    /** HKDF-Expand-Label with an empty context (RFC 8446 §7.1). */
    private byte[] expandLabel(String label, int bytes) {
        byte[] full = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
        byte[] info = ByteBuffer.allocate(4 + full.length)
                .putShort((short) bytes)
                .put((byte) full.length)
                .put(full)
                .put((byte) 0)
                .array();
        try {
            return KDF.getInstance(kdf)
                    .deriveData(HKDFParameterSpec.expandOnly(new SecretKeySpec(secret, "HKDF-PRK"), info, bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(kdf + " is part of every JDK", e);
        }
    }
}
