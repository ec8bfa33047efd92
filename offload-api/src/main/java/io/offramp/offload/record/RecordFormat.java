package io.offramp.offload.record;

/**
 * The geometry of a protected record, fixed by version and suite (RFC 8446 §5.2; RFC 5246 §6.2.3.3, RFC 5288 §3, RFC
 * 7905 §2):
 *
 * <pre>
 *            | header | explicit nonce | ciphertext      | type byte | tag |
 * 1.2 GCM    |   5    |       8        | plaintext bytes |     -     |  16 |
 * 1.2 ChaCha |   5    |       -        | plaintext bytes |     -     |  16 |
 * 1.3        |   5    |       -        | plaintext bytes |     1     |  16 |   (and padding, which we strip but never
 * add)
 * </pre>
 */
public enum RecordFormat {
    /** TLS 1.2 with AES-GCM: the nonce's last 8 bytes travel with the record. */
    TLS_1_2_GCM(8, 0),
    /** TLS 1.2 with ChaCha20-Poly1305. */
    TLS_1_2_CHACHA20(0, 0),
    /** TLS 1.3 with any suite: the content type is encrypted behind the content. */
    TLS_1_3(0, 1);

    /** Type, legacy version and length. */
    public static final int HEADER_BYTES = 5;

    /** Authentication tag of every suite (RFC 5116 §5.1, RFC 8439 §2.8). */
    public static final int TAG_BYTES = 16;

    /** The most content that a record may carry (RFC 8446 §5.1). */
    public static final int MAX_PLAINTEXT_BYTES = 1 << 14;

    private final int explicitNonceBytes;
    private final int typeBytes;

    RecordFormat(int explicitNonceBytes, int typeBytes) {
        this.explicitNonceBytes = explicitNonceBytes;
        this.typeBytes = typeBytes;
    }

    /** 8 in TLS 1.2 with GCM, else 0. */
    public int explicitNonceBytes() {
        return explicitNonceBytes;
    }

    /** 1 in TLS 1.3, whose content type is encrypted behind the content; else 0. */
    public int typeBytes() {
        return typeBytes;
    }

    /** Bytes in front of the ciphertext: header and explicit nonce. */
    public int prefixBytes() {
        return HEADER_BYTES + explicitNonceBytes;
    }

    /** Bytes that a record adds to its content: header, explicit nonce, type byte and tag. */
    public int overheadBytes() {
        return prefixBytes() + typeBytes + TAG_BYTES;
    }

    /** The smallest value that the header's length field can have in a record that authenticates. */
    public int minFragmentBytes() {
        return explicitNonceBytes + typeBytes + TAG_BYTES;
    }

    /**
     * The largest value that the header's length field may have; more is {@code record_overflow}. RFC 8446 §5.2 allows
     * 256 bytes of expansion. TLS 1.2 allows 2048 (RFC 5246 §6.2.3), but has no padding with an AEAD. So a record above
     * the exact expansion would decrypt to too much content, and is refused before it is buffered.
     */
    public int maxFragmentBytes() {
        return this == TLS_1_3 ? MAX_PLAINTEXT_BYTES + 256 : MAX_PLAINTEXT_BYTES + minFragmentBytes();
    }

    /**
     * Wire bytes of {@code plaintextBytes} bytes cut into records of at most {@code maxPlaintextBytes} each; one record
     * if empty.
     */
    public int sealedBytes(int plaintextBytes, int maxPlaintextBytes) {
        int records = Math.max(1, Math.ceilDiv(plaintextBytes, maxPlaintextBytes));
        return Math.addExact(plaintextBytes, Math.multiplyExact(records, overheadBytes()));
    }
}
