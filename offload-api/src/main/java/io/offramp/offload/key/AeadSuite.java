package io.offramp.offload.key;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordFormat;

/** The AEAD of a session's records. Key exchange and signature do not matter here. */
public enum AeadSuite {
    /** RFC 5288, RFC 8446 §B.4. */
    AES_128_GCM("aes-gcm-128", 16, AeadSuite.GCM_RECORD_LIMIT),
    /** RFC 5288, RFC 8446 §B.4. */
    AES_256_GCM("aes-gcm-256", 32, AeadSuite.GCM_RECORD_LIMIT),
    /** RFC 7905, RFC 8446 §B.4. */
    CHACHA20_POLY1305("chacha20-poly1305", 32, Long.MAX_VALUE);

    /** Length of the authentication tag of every suite, in bytes. */
    public static final int TAG_BYTES = RecordFormat.TAG_BYTES;

    /** Length of the nonce of every suite, in bytes. */
    public static final int NONCE_BYTES = 12;

    /** RFC 8446 §5.5: 2^24.5 full-size records under one key. */
    private static final long GCM_RECORD_LIMIT = 23_726_566;

    private final String kernelName;
    private final int keyBytes;
    private final long recordLimit;

    AeadSuite(String kernelName, int keyBytes, long recordLimit) {
        this.kernelName = kernelName;
        this.keyBytes = keyBytes;
        this.recordLimit = recordLimit;
    }

    /** As {@code ss -ti} prints it: {@code aes-gcm-128}. */
    public String kernelName() {
        return kernelName;
    }

    /** Key length in bytes: 16 or 32. */
    public int keyBytes() {
        return keyBytes;
    }

    /** Records that one key may protect before it must be replaced (RFC 8446 §5.5). */
    public long recordLimit() {
        return recordLimit;
    }

    /** The geometry of a record that this suite protects in a session of that version. */
    public RecordFormat format(ProtocolVersion version) {
        if (version == ProtocolVersion.TLS_1_3) {
            return RecordFormat.TLS_1_3;
        }
        return isGcm() ? RecordFormat.TLS_1_2_GCM : RecordFormat.TLS_1_2_CHACHA20;
    }

    /** True for the suites that NICs know. */
    public boolean isGcm() {
        return this != CHACHA20_POLY1305;
    }
}
