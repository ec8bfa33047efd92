package io.offramp.offload.aead.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.Availability;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.key.AeadSuite;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * An engine of byte arrays and a fresh cipher per call: slow, and too plain to be wrong. Notices when its keys are
 * closed.
 */
final class PlainEngine implements AeadEngine {
    int openKeys;

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public Availability availability() {
        return Availability.available();
    }

    @Override
    public boolean supports(AeadSuite suite) {
        return true;
    }

    @Override
    public Sealer sealer(AeadSuite suite, byte[] key) {
        byte[] ownKey = key.clone();
        openKeys++;
        return new Sealer() {
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
                byte[] plaintext = ByteBufUtil.getBytes(in, inIndex, plaintextBytes);
                if (trailer != NO_TRAILER) {
                    plaintext = Arrays.copyOf(plaintext, plaintextBytes + 1);
                    plaintext[plaintextBytes] = (byte) trailer;
                }
                byte[] sealed = run(
                        Cipher.ENCRYPT_MODE,
                        suite,
                        ownKey,
                        nonceHead,
                        nonceTail,
                        ByteBufUtil.getBytes(aad, aadIndex, aadBytes),
                        plaintext);
                out.setBytes(outIndex, sealed);
                return sealed.length;
            }

            @Override
            public void close() {
                openKeys--;
            }
        };
    }

    @Override
    public Opener opener(AeadSuite suite, byte[] key) {
        byte[] ownKey = key.clone();
        openKeys++;
        return new Opener() {
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
                byte[] sealed = ByteBufUtil.getBytes(in, inIndex, ciphertextBytes + AeadSuite.TAG_BYTES);
                byte[] plaintext = run(
                        Cipher.DECRYPT_MODE,
                        suite,
                        ownKey,
                        nonceHead,
                        nonceTail,
                        ByteBufUtil.getBytes(aad, aadIndex, aadBytes),
                        sealed);
                out.setBytes(outIndex, plaintext.length == 0 ? new byte[ciphertextBytes] : plaintext);
                return plaintext.length == ciphertextBytes;
            }

            @Override
            public void close() {
                openKeys--;
            }
        };
    }

    @Override
    public SealStream sealStream(AeadSuite suite, byte[] key) {
        throw new AssertionError("a record codec has whole records");
    }

    @Override
    public OpenStream openStream(AeadSuite suite, byte[] key) {
        throw new AssertionError("a record codec has whole records");
    }

    /** Empty where it does not authenticate: no test here opens an empty plaintext with a wrong tag. */
    private static byte[] run(
            int mode, AeadSuite suite, byte[] key, int nonceHead, long nonceTail, byte[] aad, byte[] input) {
        byte[] nonce = ByteBuffer.allocate(AeadSuite.NONCE_BYTES)
                .putInt(nonceHead)
                .putLong(nonceTail)
                .array();
        try {
            Cipher cipher = Cipher.getInstance(suite.isGcm() ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305");
            cipher.init(
                    mode,
                    new SecretKeySpec(key, suite.isGcm() ? "AES" : "ChaCha20"),
                    suite.isGcm() ? new GCMParameterSpec(8 * AeadSuite.TAG_BYTES, nonce) : new IvParameterSpec(nonce));
            cipher.updateAAD(aad);
            return cipher.doFinal(input);
        } catch (AEADBadTagException e) {
            return new byte[0];
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
