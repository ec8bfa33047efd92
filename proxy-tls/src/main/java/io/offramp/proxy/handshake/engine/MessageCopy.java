package io.offramp.proxy.handshake.engine;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.bouncycastle.tls.crypto.TlsHash;

/** Takes a handshake message where the engine would hash it: the only way to see one that it has yet to read. */
final class MessageCopy implements TlsHash {
    private static final int HEADER_BYTES = 4;

    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    /** The message without its header. */
    byte[] body() {
        byte[] all = message.toByteArray();
        return Arrays.copyOfRange(all, HEADER_BYTES, all.length);
    }

    @Override
    public void update(byte[] input, int offset, int length) {
        message.write(input, offset, length);
    }

    @Override
    public byte[] calculateHash() {
        return message.toByteArray();
    }

    @Override
    public TlsHash cloneHash() {
        MessageCopy copy = new MessageCopy();
        copy.message.writeBytes(message.toByteArray());
        return copy;
    }

    @Override
    public void reset() {
        message.reset();
    }
}
