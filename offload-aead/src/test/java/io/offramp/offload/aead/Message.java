package io.offramp.offload.aead;

import io.offramp.offload.key.AeadSuite;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What goes into one seal.
 *
 * @param trailer the plaintext's last byte if it is passed apart, or {@link Sealer#NO_TRAILER}
 */
record Message(AeadSuite suite, byte[] key, byte[] nonce, byte[] aad, byte[] plaintext, int trailer) {
    static Message random(AeadSuite suite, Random random, int plaintextBytes, boolean withTrailer) {
        return new Message(
                suite,
                bytes(random, suite.keyBytes()),
                bytes(random, AeadSuite.NONCE_BYTES),
                bytes(random, random.nextBoolean() ? 5 : random.nextInt(40)),
                bytes(random, plaintextBytes),
                withTrailer ? random.nextInt(256) : Sealer.NO_TRAILER);
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    int nonceHead() {
        return ByteBuffer.wrap(nonce).getInt(0);
    }

    long nonceTail() {
        return ByteBuffer.wrap(nonce).getLong(4);
    }

    /** Plaintext with the trailer behind it. */
    byte[] text() {
        if (trailer == Sealer.NO_TRAILER) {
            return plaintext;
        }
        byte[] text = Arrays.copyOf(plaintext, plaintext.length + 1);
        text[plaintext.length] = (byte) trailer;
        return text;
    }

    /** Ciphertext and tag as the JDK computes them. */
    byte[] sealedByJdk() {
        try {
            Cipher cipher = Cipher.getInstance(suite.isGcm() ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305", "SunJCE");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(key, suite.isGcm() ? "AES" : "ChaCha20"),
                    suite.isGcm() ? new GCMParameterSpec(128, nonce) : new IvParameterSpec(nonce));
            cipher.updateAAD(aad);
            return cipher.doFinal(text());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        return suite + " nonce=" + HexFormat.of().formatHex(nonce) + " aad=" + aad.length
                + " plaintext=" + plaintext.length
                + (trailer == Sealer.NO_TRAILER ? "" : " trailer=" + trailer);
    }
}
