package io.offramp.offload.aead;

import io.netty.buffer.ByteBuf;

/** One key, for opening. Confined to one thread at a time. Never allocates per call with direct buffers. */
public interface Opener extends AutoCloseable {
    /**
     * Decrypts and authenticates. Works on indices; moves no reader or writer index. {@code in} and {@code out} may be
     * the same buffer at the same index, or must not overlap.
     *
     * @param nonceHead first 4 bytes of the nonce, big endian
     * @param nonceTail last 8 bytes of the nonce, big endian
     * @param aad additional data, in any buffer
     * @param ciphertextBytes bytes without the tag; the tag's 16 bytes follow them in {@code in}
     * @return false if it does not authenticate; the bytes written to {@code out} are then wiped
     */
    boolean open(
            int nonceHead,
            long nonceTail,
            ByteBuf aad,
            int aadIndex,
            int aadBytes,
            ByteBuf in,
            int inIndex,
            int ciphertextBytes,
            ByteBuf out,
            int outIndex);

    /** Wipes and frees the key. May be called more than once. */
    @Override
    void close();
}
