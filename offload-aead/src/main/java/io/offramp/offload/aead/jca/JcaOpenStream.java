package io.offramp.offload.aead.jca;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.key.AeadSuite;
import java.security.MessageDigest;

/** Opens in pieces: the tag is not known before the last. */
final class JcaOpenStream extends JcaStream implements OpenStream {
    JcaOpenStream(AeadSuite suite, byte[] key) {
        super(suite, key, false);
    }

    @Override
    public boolean finish(ByteBuf tag, int tagIndex) {
        byte[] actual = tag();
        byte[] expected = new byte[actual.length];
        tag.getBytes(tagIndex, expected);
        return MessageDigest.isEqual(actual, expected);
    }
}
