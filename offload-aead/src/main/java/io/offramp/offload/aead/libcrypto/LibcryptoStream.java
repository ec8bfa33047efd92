package io.offramp.offload.aead.libcrypto;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.ffi.NativeMemory;
import java.util.Objects;

/** A message in pieces, in direct memory; other buffers are staged through it. Subclasses add how it ends. */
abstract class LibcryptoStream implements AutoCloseable {
    final CipherContext context;
    private boolean underWay;

    LibcryptoStream(long cipher, byte[] key, boolean encrypt) {
        context = new CipherContext(cipher, key, encrypt);
    }

    public final void start(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {
        underWay = false;
        context.begin(nonceHead, nonceTail, 0, aad, aadIndex, aadBytes);
        underWay = true;
    }

    public final void update(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex) {
        endMessage();
        Objects.checkFromIndexSize(inIndex, bytes, in.capacity());
        Objects.checkFromIndexSize(outIndex, bytes, out.capacity());
        if (in.hasMemoryAddress() && out.hasMemoryAddress()) {
            context.update(in.memoryAddress() + inIndex, out.memoryAddress() + outIndex, bytes);
        } else if (bytes > 0) {
            updateStaged(in, inIndex, bytes, out, outIndex);
        }
        underWay = true;
    }

    private void updateStaged(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex) {
        long staging = Evp.allocate(bytes);
        try {
            NativeMemory.putBytes(staging, in, inIndex, bytes);
            context.update(staging, staging, bytes);
            NativeMemory.getBytes(staging, out, outIndex, bytes);
        } finally {
            Evp.free(staging, bytes);
        }
    }

    /**
     * Ends the message that is under way; an update that succeeds takes it up again. One that fails half way has moved
     * the key stream on, and must not be followed by another.
     *
     * @throws IllegalStateException if there is none
     */
    final void endMessage() {
        context.requireOpen();
        if (!underWay) {
            throw new IllegalStateException("no message is under way");
        }
        underWay = false;
    }

    @Override
    public final void close() {
        context.close();
    }
}
