package io.offramp.offload.aead.libcrypto;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.OpenStream;

/** Opens in pieces: the tag is not known before the last. */
final class LibcryptoOpenStream extends LibcryptoStream implements OpenStream {
    LibcryptoOpenStream(long cipher, byte[] key) {
        super(cipher, key, false);
    }

    @Override
    public boolean finish(ByteBuf tag, int tagIndex) {
        endMessage();
        context.expectTag(tag, tagIndex);
        return context.finish();
    }
}
