package io.offramp.offload.aead.ipsecmb;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.ffi.NativeHeap;
import io.offramp.offload.aead.ffi.NativeMemory;
import io.offramp.offload.key.AeadSuite;
import java.util.Objects;

/**
 * One key and the library's scratch memory, in one native block that {@link #close()} wipes and frees. Confined to one
 * thread at a time. Addresses come from callers that have checked their bounds.
 *
 * <pre>
 *   block   0 nonce (12)   16 tag (16)   32 AAD that is not in direct memory (32)   64 key and state of the cipher
 * </pre>
 */
abstract sealed class KeyContext implements AutoCloseable permits GcmContext, ChaChaContext {
    /** Where the cipher's part of the block begins, aligned for vectors. */
    static final int CIPHER = 64;

    private static final int TAG = 16;
    private static final int AAD = 32;
    private static final int AAD_BYTES = 32;

    final boolean encrypt;
    private final int blockBytes;
    private long block;
    private long longAad;
    private int longAadBytes;

    KeyContext(boolean encrypt, int cipherBytes) {
        this.encrypt = encrypt;
        blockBytes = CIPHER + cipherBytes;
        block = NativeHeap.allocate(blockBytes);
    }

    /** Starts a message whose pieces follow; its nonce is at {@link #nonce()}. */
    abstract void start(long aad, int aadBytes);

    /** Encrypts or decrypts the next piece; the two addresses are equal or the areas are apart. */
    abstract void update(long in, long out, int bytes);

    /** Ends the message: writes the tag that it has, or should have. */
    abstract void finish(long tag);

    /** Start, one piece, and the end. */
    void whole(long in, long out, int bytes, long aad, int aadBytes, long tag) {
        start(aad, aadBytes);
        update(in, out, bytes);
        finish(tag);
    }

    final long block() {
        return block;
    }

    final long nonce() {
        return block;
    }

    /** 16 bytes of scratch. */
    final long tag() {
        return block + TAG;
    }

    final void setNonce(int head, long tail) {
        requireOpen();
        NativeMemory.putIntBigEndian(block, head);
        NativeMemory.putLongBigEndian(block + 4, tail);
    }

    /** Where the library can read the AAD: in its buffer, else in a copy. */
    final long aad(ByteBuf aad, int index, int bytes) {
        Objects.checkFromIndexSize(index, bytes, aad.capacity());
        if (aad.hasMemoryAddress()) {
            return aad.memoryAddress() + index;
        }
        long copy = bytes <= AAD_BYTES ? block + AAD : longAad(bytes);
        NativeMemory.putBytes(copy, aad, index, bytes);
        return copy;
    }

    /** A block of its own. TLS has 13 bytes of AAD at most, so no connection comes here. */
    private long longAad(int bytes) {
        freeLongAad();
        longAad = NativeHeap.allocate(bytes);
        longAadBytes = bytes;
        return longAad;
    }

    private void freeLongAad() {
        if (longAad != 0) {
            NativeHeap.free(longAad, longAadBytes);
            longAad = 0;
        }
    }

    /** Copies the tag at {@link #tag()} to any kind of buffer. */
    final void readTag(ByteBuf out, int index) {
        long tag = tag();
        out.setLong(index, NativeMemory.getLongBigEndian(tag));
        out.setLong(index + 8, NativeMemory.getLongBigEndian(tag + 8));
    }

    /** Compares the tag at {@link #tag()} with the one received, in a time that does not depend on either. */
    final boolean isTag(long received) {
        long expected = tag();
        long difference = NativeMemory.getLong(expected) ^ NativeMemory.getLong(received)
                | NativeMemory.getLong(expected + 8) ^ NativeMemory.getLong(received + 8);
        return difference == 0;
    }

    /** {@link #isTag(long)} for any kind of buffer. */
    final boolean isTag(ByteBuf received, int index) {
        Objects.checkFromIndexSize(index, AeadSuite.TAG_BYTES, received.capacity());
        long expected = tag();
        long difference = NativeMemory.getLongBigEndian(expected) ^ received.getLong(index)
                | NativeMemory.getLongBigEndian(expected + 8) ^ received.getLong(index + 8);
        return difference == 0;
    }

    /** @throws IllegalStateException after {@link #close()} */
    final void requireOpen() {
        if (block == 0) {
            throw new IllegalStateException("AEAD context is closed");
        }
    }

    @Override
    public final void close() {
        freeLongAad();
        if (block != 0) {
            NativeHeap.free(block, blockBytes);
            block = 0;
        }
    }
}
