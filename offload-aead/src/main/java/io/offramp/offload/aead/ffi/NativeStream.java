package io.offramp.offload.aead.ffi;

import io.netty.buffer.ByteBuf;
import java.util.Objects;

/**
 * A message in pieces, in direct memory; other buffers are staged through it. Knows where a message begins and ends;
 * subclasses call the library.
 */
public abstract class NativeStream implements AutoCloseable {
    private boolean underWay;

    /** Starts a message: nonce, then AAD, which is read before this returns. */
    protected abstract void begin(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes);

    /** Encrypts or decrypts the next piece; the two addresses are equal or the areas are apart. */
    protected abstract void crypt(long in, long out, int bytes);

    /** @throws IllegalStateException after {@link #close()} */
    protected abstract void requireOpen();

    /** As in {@link io.offramp.offload.aead.SealStream} and {@link io.offramp.offload.aead.OpenStream}. */
    public final void start(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {
        underWay = false;
        begin(nonceHead, nonceTail, aad, aadIndex, aadBytes);
        underWay = true;
    }

    /** As in {@link io.offramp.offload.aead.SealStream} and {@link io.offramp.offload.aead.OpenStream}. */
    public final void update(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex) {
        endMessage();
        Objects.checkFromIndexSize(inIndex, bytes, in.capacity());
        Objects.checkFromIndexSize(outIndex, bytes, out.capacity());
        if (in.hasMemoryAddress() && out.hasMemoryAddress()) {
            crypt(in.memoryAddress() + inIndex, out.memoryAddress() + outIndex, bytes);
        } else if (bytes > 0) {
            cryptStaged(in, inIndex, bytes, out, outIndex);
        }
        underWay = true;
    }

    private void cryptStaged(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex) {
        long staging = NativeHeap.allocate(bytes);
        try {
            NativeMemory.putBytes(staging, in, inIndex, bytes);
            crypt(staging, staging, bytes);
            NativeMemory.getBytes(staging, out, outIndex, bytes);
        } finally {
            NativeHeap.free(staging, bytes);
        }
    }

    /**
     * Ends the message that is under way; an update that succeeds takes it up again. One that fails half way has moved
     * the key stream on, and must not be followed by another.
     *
     * @throws IllegalStateException if there is none
     */
    protected final void endMessage() {
        requireOpen();
        if (!underWay) {
            throw new IllegalStateException("no message is under way");
        }
        underWay = false;
    }

    @Override
    public abstract void close();
}
