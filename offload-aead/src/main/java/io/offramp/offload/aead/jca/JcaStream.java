package io.offramp.offload.aead.jca;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.key.AeadSuite;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * A message in pieces. SunJCE's GCM keeps back what does not fill a block, and when decrypting everything, so the bytes
 * come from AES in counter mode, and only the tag from a GCM that encrypts the plaintext once more. Subclasses say on
 * which side of the counter mode that lies, and how a message ends.
 */
abstract class JcaStream implements AutoCloseable {
    /** GCM counts from 1, which it keeps for the tag (NIST SP 800-38D §7.1). */
    private static final int FIRST_COUNTER = 2;

    private final JcaContext context;
    private final boolean encrypt;
    private @Nullable Message underWay;

    /** The two ciphers of a message; dropped with it, so that no key schedule outlives {@link #close()}. */
    private record Message(Cipher gcm, Cipher counterMode) {}

    JcaStream(AeadSuite suite, byte[] key, boolean encrypt) {
        if (!suite.isGcm()) {
            throw new IllegalArgumentException("only AES-GCM works in pieces, not " + suite);
        }
        this.encrypt = encrypt;
        context = new JcaContext(suite, key, Cipher.ENCRYPT_MODE);
    }

    public final void start(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {
        underWay = null;
        Cipher gcm = context.begin(nonceHead, nonceTail, aad, aadIndex, aadBytes);
        byte[] counter = ByteBuffer.allocate(AeadSuite.NONCE_BYTES + Integer.BYTES)
                .putInt(nonceHead)
                .putLong(nonceTail)
                .putInt(FIRST_COUNTER)
                .array();
        try {
            Cipher counterMode = Cipher.getInstance("AES/CTR/NoPadding", JcaEngine.PROVIDER);
            counterMode.init(Cipher.ENCRYPT_MODE, context.key(), new IvParameterSpec(counter));
            underWay = new Message(gcm, counterMode);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("counter mode failed to start: " + e.getMessage(), e);
        }
    }

    public final void update(ByteBuf in, int inIndex, int bytes, ByteBuf out, int outIndex) {
        Message message = endMessage();
        Objects.checkFromIndexSize(inIndex, bytes, in.capacity());
        Objects.checkFromIndexSize(outIndex, bytes, out.capacity());
        byte[] staging = JcaContext.staging(bytes);
        in.getBytes(inIndex, staging, 0, bytes);
        try {
            if (encrypt) {
                message.gcm.update(staging, 0, bytes);
            }
            message.counterMode.update(staging, 0, bytes, staging, 0);
            if (!encrypt) {
                message.gcm.update(staging, 0, bytes);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("counter mode failed after " + bytes + " bytes: " + e.getMessage(), e);
        }
        out.setBytes(outIndex, staging, 0, bytes);
        underWay = message;
    }

    /**
     * Ends the message that is under way; an update that succeeds takes it up again. One that fails half way has moved
     * the key stream on, and must not be followed by another.
     *
     * @throws IllegalStateException if there is none
     */
    private Message endMessage() {
        context.requireOpen();
        Message message = underWay;
        if (message == null) {
            throw new IllegalStateException("no message is under way");
        }
        underWay = null;
        return message;
    }

    /** Ends the message: the tag that it has. */
    final byte[] tag() {
        try {
            byte[] last = endMessage().gcm.doFinal();
            return Arrays.copyOfRange(last, last.length - AeadSuite.TAG_BYTES, last.length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("GCM failed to make a tag: " + e.getMessage(), e);
        }
    }

    @Override
    public final void close() {
        underWay = null;
        context.close();
    }
}
