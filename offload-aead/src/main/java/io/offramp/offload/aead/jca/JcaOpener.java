package io.offramp.offload.aead.jca;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.key.AeadSuite;
import java.security.GeneralSecurityException;
import java.util.Objects;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;

/** Opens in the thread's array, whatever the buffers. */
final class JcaOpener implements Opener {
    private final JcaContext context;

    JcaOpener(AeadSuite suite, byte[] key) {
        context = new JcaContext(suite, key, Cipher.DECRYPT_MODE);
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
        Cipher cipher = context.begin(nonceHead, nonceTail, aad, aadIndex, aadBytes);
        byte[] staging = JcaContext.staging(sealedBytes);
        in.getBytes(inIndex, staging, 0, sealedBytes);
        try {
            cipher.doFinal(staging, 0, sealedBytes, staging, 0);
        } catch (AEADBadTagException e) {
            out.setZero(outIndex, ciphertextBytes);
            return false;
        } catch (GeneralSecurityException e) {
            out.setZero(outIndex, ciphertextBytes);
            throw new IllegalStateException("failed to open " + ciphertextBytes + " bytes: " + e.getMessage(), e);
        }
        out.setBytes(outIndex, staging, 0, ciphertextBytes);
        return true;
    }

    @Override
    public void close() {
        context.close();
    }
}
