package io.offramp.offload.aead.libcrypto;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.ffi.NativeStream;

/** A message in pieces by libcrypto. Subclasses add how it ends. */
abstract class LibcryptoStream extends NativeStream {
    final CipherContext context;

    LibcryptoStream(long cipher, byte[] key, boolean encrypt) {
        context = new CipherContext(cipher, key, encrypt);
    }

    @Override
    protected final void begin(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {
        context.begin(nonceHead, nonceTail, 0, aad, aadIndex, aadBytes);
    }

    @Override
    protected final void crypt(long in, long out, int bytes) {
        context.update(in, out, bytes);
    }

    @Override
    protected final void requireOpen() {
        context.requireOpen();
    }

    @Override
    public final void close() {
        context.close();
    }
}
