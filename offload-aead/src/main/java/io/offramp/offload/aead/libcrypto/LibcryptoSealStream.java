package io.offramp.offload.aead.libcrypto;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.SealStream;

/** Seals in pieces. */
final class LibcryptoSealStream extends LibcryptoStream implements SealStream {
    LibcryptoSealStream(long cipher, byte[] key) {
        super(cipher, key, true);
    }

    @Override
    public void finish(ByteBuf out, int outIndex) {
        endMessage();
        if (!context.finish()) {
            throw new IllegalStateException("EVP_CipherFinal_ex failed to seal");
        }
        context.readTag(out, outIndex);
    }
}
