package io.offramp.offload.aead.libcrypto;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.ffi.NativeMemory;
import io.offramp.offload.key.AeadSuite;
import java.util.Objects;

/** Opens in direct memory; other buffers are staged through it. */
final class LibcryptoOpener implements Opener {
    private final CipherContext context;

    LibcryptoOpener(long cipher, byte[] key) {
        context = new CipherContext(cipher, key, false);
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
        context.requireOpen();
        int sealedBytes = ciphertextBytes + AeadSuite.TAG_BYTES;
        Objects.checkFromIndexSize(outIndex, ciphertextBytes, out.capacity());
        Objects.checkFromIndexSize(inIndex, sealedBytes, in.capacity());
        if (in.hasMemoryAddress() && out.hasMemoryAddress()) {
            long from = in.memoryAddress() + inIndex;
            long to = out.memoryAddress() + outIndex;
            context.begin(nonceHead, nonceTail, from + ciphertextBytes, aad, aadIndex, aadBytes);
            return open(from, ciphertextBytes, to);
        }
        long staging = Evp.allocate(sealedBytes);
        try {
            NativeMemory.putBytes(staging, in, inIndex, sealedBytes);
            context.begin(nonceHead, nonceTail, staging + ciphertextBytes, aad, aadIndex, aadBytes);
            boolean authentic = open(staging, ciphertextBytes, staging);
            NativeMemory.getBytes(staging, out, outIndex, ciphertextBytes);
            return authentic;
        } finally {
            Evp.free(staging, sealedBytes);
        }
    }

    private boolean open(long in, int ciphertextBytes, long out) {
        context.update(in, out, ciphertextBytes);
        boolean authentic = context.finish();
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
