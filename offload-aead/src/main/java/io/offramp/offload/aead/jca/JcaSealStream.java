package io.offramp.offload.aead.jca;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.key.AeadSuite;

/** Seals in pieces. */
final class JcaSealStream extends JcaStream implements SealStream {
    JcaSealStream(AeadSuite suite, byte[] key) {
        super(suite, key, true);
    }

    @Override
    public void finish(ByteBuf out, int outIndex) {
        out.setBytes(outIndex, tag());
    }
}
