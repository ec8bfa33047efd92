package io.offramp.offload.ktls.kernel;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The kernel's {@code struct tls12_crypto_info_*} (include/uapi/linux/tls.h), which serves TLS 1.3 as well. Packed; the
 * first two fields are in the machine's byte order, the sequence is big endian, the rest are bytes:
 *
 * <pre>
 *                    | version | cipher | iv | key | salt | record sequence |
 * AES-128-GCM   (40) |    2    |    2   |  8 |  16 |   4  |        8        |
 * AES-256-GCM   (56) |    2    |    2   |  8 |  32 |   4  |        8        |
 * ChaCha20      (56) |    2    |    2   | 12 |  32 |   0  |        8        |
 * </pre>
 *
 * The nonce is salt and iv one behind the other. In TLS 1.2 with GCM the salt is all that is secret, and iv the
 * explicit nonce of the next record, for which we take its sequence (RFC 5288 §3).
 */
public final class CryptoInfo {
    private static final int HEAD_BYTES = 4;
    private static final int SALT_BYTES = 4;
    private static final int SEQUENCE_BYTES = 8;

    private CryptoInfo() {}

    /** Length of the struct for this suite. */
    public static int bytes(AeadSuite suite) {
        return HEAD_BYTES + AeadSuite.NONCE_BYTES + suite.keyBytes() + SEQUENCE_BYTES;
    }

    /** The struct for these keys; the caller wipes it. */
    public static byte[] of(TrafficKeys keys) {
        AeadSuite suite = keys.suite();
        byte[] info = new byte[bytes(suite)];
        byte[] iv = keys.dangerousIv();
        ByteBuffer struct = ByteBuffer.wrap(info).order(ByteOrder.nativeOrder());
        struct.putShort((short) keys.version().code()).putShort((short) cipher(suite));
        struct.order(ByteOrder.BIG_ENDIAN);
        if (!suite.isGcm()) {
            struct.put(iv).put(keys.dangerousKey());
        } else if (iv.length == SALT_BYTES) {
            struct.putLong(keys.nextSequence()).put(keys.dangerousKey()).put(iv);
        } else {
            struct.put(iv, SALT_BYTES, iv.length - SALT_BYTES)
                    .put(keys.dangerousKey())
                    .put(iv, 0, SALT_BYTES);
        }
        struct.putLong(keys.nextSequence());
        return info;
    }

    private static int cipher(AeadSuite suite) {
        return switch (suite) {
            case AES_128_GCM -> 51;
            case AES_256_GCM -> 52;
            case CHACHA20_POLY1305 -> 54;
        };
    }
}
