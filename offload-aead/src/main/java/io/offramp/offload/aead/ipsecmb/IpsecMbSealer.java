package io.offramp.offload.aead.ipsecmb;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.aead.ffi.NativeHeap;
import io.offramp.offload.aead.ffi.NativeMemory;
import io.offramp.offload.key.AeadSuite;
import java.util.Objects;

/** Seals in direct memory; other buffers are staged through it. */
final class IpsecMbSealer implements Sealer {
    /** Up to here it costs less to copy the plaintext to its trailer than to make calls for pieces. */
    private static final int COPIED_BYTES = 4096;

    private final KeyContext context;

    IpsecMbSealer(KeyContext context) {
        this.context = context;
    }

    @Override
    public int seal(
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
            int outIndex) {
        context.setNonce(nonceHead, nonceTail);
        int sealedBytes = plaintextBytes + (trailer == NO_TRAILER ? 0 : 1) + AeadSuite.TAG_BYTES;
        Objects.checkFromIndexSize(inIndex, plaintextBytes, in.capacity());
        Objects.checkFromIndexSize(outIndex, sealedBytes, out.capacity());
        long aadAt = context.aad(aad, aadIndex, aadBytes);
        if (in.hasMemoryAddress() && out.hasMemoryAddress()) {
            long from = in.memoryAddress() + inIndex;
            seal(from, plaintextBytes, trailer, out.memoryAddress() + outIndex, aadAt, aadBytes);
            return sealedBytes;
        }
        long staging = NativeHeap.allocate(sealedBytes);
        try {
            NativeMemory.putBytes(staging, in, inIndex, plaintextBytes);
            seal(staging, plaintextBytes, trailer, staging, aadAt, aadBytes);
            NativeMemory.getBytes(staging, out, outIndex, sealedBytes);
        } finally {
            NativeHeap.free(staging, sealedBytes);
        }
        return sealedBytes;
    }

    private void seal(long in, int plaintextBytes, int trailer, long out, long aad, int aadBytes) {
        if (trailer == NO_TRAILER) {
            context.whole(in, out, plaintextBytes, aad, aadBytes, out + plaintextBytes);
            return;
        }
        long trailerAt = out + plaintextBytes;
        NativeMemory.putByte(trailerAt, (byte) trailer);
        if (in != out && plaintextBytes > COPIED_BYTES) {
            context.start(aad, aadBytes);
            context.update(in, out, plaintextBytes);
            context.update(trailerAt, trailerAt, 1);
            context.finish(trailerAt + 1);
        } else {
            if (in != out) {
                NativeMemory.copy(in, out, plaintextBytes);
            }
            context.whole(out, out, plaintextBytes + 1, aad, aadBytes, trailerAt + 1);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
