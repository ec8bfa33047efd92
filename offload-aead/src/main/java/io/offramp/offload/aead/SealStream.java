package io.offramp.offload.aead;

import io.netty.buffer.ByteBuf;

/**
 * One key, for sealing a message that comes in pieces, as a record does that is spread over packets. AES-GCM only.
 * Confined to one thread at a time. Works on indices; moves no reader or writer index. libcrypto's never allocates per
 * call with direct buffers.
 *
 * <p>{@link #update} and {@link #finish} throw {@link IllegalStateException} where no message is under way: before
 * {@link #start}, after {@link #finish}, and after a call that threw. Every method but {@link #close} throws it once
 * the stream is closed.
 */
public interface SealStream extends AutoCloseable {
    /**
     * Begins a message. One that was under way is forgotten; the same nonce again makes the same message again.
     *
     * @param nonceHead first 4 bytes of the nonce, big endian
     * @param nonceTail last 8 bytes of the nonce, big endian
     * @param aad additional data, in any buffer; read before this returns
     */
    void start(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes);

    /**
     * Encrypts the next bytes of the message: as many come out as go in. {@code in} and {@code out} may be the same
     * buffer at the same index, or must not overlap.
     *
     * @param bytes 0 or more, in no need of alignment
     */
    void update(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex);

    /** Ends the message and writes its tag: 16 bytes at {@code outIndex}. */
    void finish(ByteBuf out, int outIndex);

    /** Wipes and frees the key. May be called more than once, and with a message under way. */
    @Override
    void close();
}
