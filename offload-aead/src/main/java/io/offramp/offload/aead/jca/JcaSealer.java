package io.offramp.offload.aead.jca;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.key.AeadSuite;
import java.security.GeneralSecurityException;
import java.util.Objects;
import javax.crypto.Cipher;

/** Seals in the thread's array, whatever the buffers. */
final class JcaSealer implements Sealer {
    private final JcaContext context;

    JcaSealer(AeadSuite suite, byte[] key) {
        context = new JcaContext(suite, key, Cipher.ENCRYPT_MODE);
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
        context.requireOpen();
        int textBytes = plaintextBytes + (trailer == NO_TRAILER ? 0 : 1);
        int sealedBytes = textBytes + AeadSuite.TAG_BYTES;
        Objects.checkFromIndexSize(inIndex, plaintextBytes, in.capacity());
        Objects.checkFromIndexSize(outIndex, sealedBytes, out.capacity());
        Cipher cipher = context.begin(nonceHead, nonceTail, aad, aadIndex, aadBytes);
        byte[] staging = JcaContext.staging(sealedBytes);
        in.getBytes(inIndex, staging, 0, plaintextBytes);
        if (trailer != NO_TRAILER) {
            staging[plaintextBytes] = (byte) trailer;
        }
        try {
            cipher.doFinal(staging, 0, textBytes, staging, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("failed to seal " + textBytes + " bytes: " + e.getMessage(), e);
        }
        out.setBytes(outIndex, staging, 0, sealedBytes);
        return sealedBytes;
    }

    @Override
    public void close() {
        context.close();
    }
}
