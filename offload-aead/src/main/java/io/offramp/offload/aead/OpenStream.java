package io.offramp.offload.aead;

import io.netty.buffer.ByteBuf;

/**
 * One key, for opening a message that comes in pieces, as a record does that is spread over packets. AES-GCM only.
 * Confined to one thread at a time. Works on indices; moves no reader or writer index. libcrypto's never allocates per
 * call with direct buffers.
 *
 * <p>The output of {@link #update} is not authenticated yet: only {@link #finish} does that.
 *
 * <p>{@link #update} and {@link #finish} throw {@link IllegalStateException} where no message is under way: before
 * {@link #start}, after {@link #finish}, and after a call that threw. Every method but {@link #close} throws it once
 * the stream is closed.
 */
public interface OpenStream extends AutoCloseable {
    /**
     * Begins a message. One that was under way is forgotten; the same nonce again opens the same message again.
     *
     * @param nonceHead first 4 bytes of the nonce, big endian
     * @param nonceTail last 8 bytes of the nonce, big endian
     * @param aad additional data, in any buffer; read before this returns
     */
    void start(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes);

    /**
     * Decrypts the next bytes of the message: as many come out as go in. {@code in} and {@code out} may be the same
     * buffer at the same index, or must not overlap.
     *
     * <p>GCM encrypts with a key stream (NIST SP 800-38D §6.5), so plaintext at the position it had in its message
     * turns back into the ciphertext that it came from. Such a message does not authenticate.
     *
     * @param bytes 0 or more, in no need of alignment
     */
    void update(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex);

    /**
     * Ends the message. The output stays where it is: the caller discards it if this is false.
     *
     * @param tag the 16 bytes at {@code tagIndex}
     * @return true if everything since {@link #start} authenticates
     */
    boolean finish(ByteBuf tag, int tagIndex);

    /** Wipes and frees the key. May be called more than once, and with a message under way. */
    @Override
    void close();
}
