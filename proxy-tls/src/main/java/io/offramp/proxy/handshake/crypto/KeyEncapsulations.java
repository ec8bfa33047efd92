package io.offramp.proxy.handshake.crypto;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KEM;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * ML-KEM-768 (FIPS 203) with one provider. A client makes a pair of keys, a server encapsulates to the client's key,
 * and the client decapsulates. Thread-safe: the JCA objects are per thread.
 */
public final class KeyEncapsulations {
    /** Length of an encapsulation key, which the client sends. */
    public static final int KEY_BYTES = 1184;

    /** Of the SubjectPublicKeyInfo, in front of the key (RFC 9935 §4). */
    private static final byte[] SPKI_PREFIX = HexFormat.of().parseHex("308204b2300b0609608648016503040402038204a100");

    private static final String PARAMETERS = "ML-KEM-768";

    private final ThreadLocal<Tools> tools;

    /** @param provider null for whatever the JDK has installed */
    KeyEncapsulations(@Nullable Provider provider) {
        this.tools = ThreadLocal.withInitial(() -> Tools.of(provider));
    }

    /**
     * Makes a secret and its encapsulation for the owner of the key; the caller wipes the secret.
     *
     * @param key the client's encapsulation key
     * @throws GeneralSecurityException if it is not a key: of another length, or with a coefficient above the modulus
     *     (FIPS 203 §7.2)
     * @throws IllegalStateException if the provider has no ML-KEM
     */
    KEM.Encapsulated encapsulate(byte[] key) throws GeneralSecurityException {
        if (key.length != KEY_BYTES) {
            throw new GeneralSecurityException("encapsulation key of " + key.length + " bytes for ML-KEM-768");
        }
        byte[] encoded = Arrays.copyOf(SPKI_PREFIX, SPKI_PREFIX.length + key.length);
        System.arraycopy(key, 0, encoded, SPKI_PREFIX.length, key.length);
        PublicKey decoded = tools.get().factory.generatePublic(new X509EncodedKeySpec(encoded));
        return tools.get().kem.newEncapsulator(decoded).encapsulate();
    }

    /** @throws IllegalStateException if the provider has no ML-KEM */
    KeyPair generate() {
        return tools.get().generator.generateKeyPair();
    }

    /** The encapsulation key of a pair: the end of its encoding. */
    static byte[] key(KeyPair pair) {
        byte[] encoded = pair.getPublic().getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
    }

    /**
     * The secret of an encapsulation; the caller wipes it. One that is not for this key gives another secret than the
     * server's (FIPS 203 §6.3).
     *
     * @throws GeneralSecurityException if it has another length
     */
    SecretKey decapsulate(PrivateKey ours, byte[] ciphertext) throws GeneralSecurityException {
        return tools.get().kem.newDecapsulator(ours).decapsulate(ciphertext);
    }

    private record Tools(KeyFactory factory, KEM kem, KeyPairGenerator generator) {
        static Tools of(@Nullable Provider provider) {
            try {
                return provider == null
                        ? new Tools(
                                KeyFactory.getInstance("ML-KEM"),
                                KEM.getInstance("ML-KEM"),
                                KeyPairGenerator.getInstance(PARAMETERS))
                        : new Tools(
                                KeyFactory.getInstance("ML-KEM", provider),
                                KEM.getInstance("ML-KEM", provider),
                                KeyPairGenerator.getInstance(PARAMETERS, provider));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("no ML-KEM-768: " + e.getMessage(), e);
            }
        }
    }
}
