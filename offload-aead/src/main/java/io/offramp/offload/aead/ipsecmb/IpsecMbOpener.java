package io.offramp.offload.aead.ipsecmb;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.ffi.NativeHeap;
import io.offramp.offload.aead.ffi.NativeMemory;
import io.offramp.offload.key.AeadSuite;
import java.util.Objects;

/** Opens in direct memory; other buffers are staged through it. */
final class IpsecMbOpener implements Opener {
    private final KeyContext context;

    IpsecMbOpener(KeyContext context) {
        this.context = context;
    }

    @Override
    public boolean open(
            int nonceHead,
            long nonceTail,
            ByteBuf aad,
            int aadIndex,
            int aadBytes,
            ByteBuf in,
            int inIndex,
            int ciphertextBytes,
            ByteBuf out,
            int outIndex) {
        context.setNonce(nonceHead, nonceTail);
        int sealedBytes = ciphertextBytes + AeadSuite.TAG_BYTES;
        Objects.checkFromIndexSize(outIndex, ciphertextBytes, out.capacity());
        Objects.checkFromIndexSize(inIndex, sealedBytes, in.capacity());
        long aadAt = context.aad(aad, aadIndex, aadBytes);
        if (in.hasMemoryAddress() && out.hasMemoryAddress()) {
            long from = in.memoryAddress() + inIndex;
            return open(from, ciphertextBytes, out.memoryAddress() + outIndex, aadAt, aadBytes);
        }
        long staging = NativeHeap.allocate(sealedBytes);
        try {
            NativeMemory.putBytes(staging, in, inIndex, sealedBytes);
            boolean authentic = open(staging, ciphertextBytes, staging, aadAt, aadBytes);
            NativeMemory.getBytes(staging, out, outIndex, ciphertextBytes);
            return authentic;
        } finally {
            NativeHeap.free(staging, sealedBytes);
        }
    }

    private boolean open(long in, int ciphertextBytes, long out, long aad, int aadBytes) {
        context.whole(in, out, ciphertextBytes, aad, aadBytes, context.tag());
        boolean authentic = context.isTag(in + ciphertextBytes);
        if (!authentic) {
            NativeMemory.wipe(out, ciphertextBytes);
        }
        return authentic;
    }

    @Override
    public void close() {
        context.close();
    }
}
