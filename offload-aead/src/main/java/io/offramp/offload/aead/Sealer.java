package io.offramp.offload.aead;

import io.netty.buffer.ByteBuf;

/** One key, for sealing. Confined to one thread at a time. Never allocates per call with direct buffers. */
public interface Sealer extends AutoCloseable {
    /** Value of {@code trailer} for none. */
    int NO_TRAILER = -1;

    /**
     * Encrypts {@code plaintextBytes} bytes (and the trailer) and writes ciphertext and tag. Works on indices; moves no
     * reader or writer index. {@code in} and {@code out} may be the same buffer at the same index, or must not overlap.
     *
     * @param nonceHead first 4 bytes of the nonce, big endian
     * @param nonceTail last 8 bytes of the nonce, big endian
     * @param aad additional data, in any buffer; may be the bytes in front of the ciphertext in {@code out}
     * @param plaintextBytes 0 or more
     * @param trailer one more byte of plaintext behind those in {@code in} (TLS 1.3's content type), or
     *     {@link #NO_TRAILER}
     * @return bytes written to {@code out} from {@code outIndex}: plaintext, trailer and 16 bytes of tag
     */
    int seal(
            int nonceHead,
            long nonceTail,
            ByteBuf aad,
            int aadIndex,
            int aadBytes,
            ByteBuf in,
            int inIndex,
            int plaintextBytes,
            int trailer,
            ByteBuf out,
            int outIndex);

    /** Wipes and frees the key. May be called more than once. */
    @Override
    void close();
}
