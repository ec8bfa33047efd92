package io.offramp.proxy.handshake.crypto;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/**
 * Diffie-Hellman in one group with one provider. Keys travel as raw shares: the encoding around them is fixed for a
 * group, so that no point is parsed in Java. Thread-safe: the JCA objects are per thread, since creating them costs as
 * much as using them.
 */
final class KeyAgreements {
    private final Group group;
    private final byte[] spkiPrefix;
    private final ThreadLocal<Tools> tools;

    /** @param provider null for whatever the JDK has installed */
    KeyAgreements(Group group, @Nullable Provider provider) {
        this.group = group;
        this.spkiPrefix = HexFormat.of().parseHex(group.spkiPrefix());
        this.tools = ThreadLocal.withInitial(() -> Tools.of(group, provider));
    }

    Group group() {
        return group;
    }

    KeyPair generate() {
        return tools.get().generator.generateKeyPair();
    }

    /** The share for the peer: the end of the encoding, whatever prefix the provider adds. */
    static byte[] share(Group group, KeyPair pair) {
        byte[] encoded = pair.getPublic().getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - group.shareBytes(), encoded.length);
    }

    /**
     * Reads a peer's share.
     *
     * @throws GeneralSecurityException if it does not belong to this group
     */
    PublicKey decode(byte[] share) throws GeneralSecurityException {
        // RFC 8446 §4.2.8.2: uncompressed points only
        if (share.length != group.shareBytes() || group.isEcPoint() && share[0] != 4) {
            throw new GeneralSecurityException("key share of " + share.length + " bytes for " + group.label());
        }
        byte[] encoded = Arrays.copyOf(spkiPrefix, spkiPrefix.length + share.length);
        System.arraycopy(share, 0, encoded, spkiPrefix.length, share.length);
        return tools.get().factory.generatePublic(new X509EncodedKeySpec(encoded));
    }

    /**
     * The shared secret; the caller wipes it.
     *
     * @throws GeneralSecurityException if the peer's key is bad: off the curve, or of low order
     */
    byte[] agree(PrivateKey ours, PublicKey theirs) throws GeneralSecurityException {
        KeyAgreement agreement = tools.get().agreement;
        agreement.init(ours);
        agreement.doPhase(theirs, true);
        byte[] secret = agreement.generateSecret();
        if (isZero(secret)) { // RFC 8446 §7.4.2; not all providers check
            throw new GeneralSecurityException("key share of low order for " + group.label());
        }
        return secret;
    }

    private static boolean isZero(byte[] secret) {
        int bits = 0;
        for (byte b : secret) {
            bits |= b;
        }
        return bits == 0;
    }

    private record Tools(KeyPairGenerator generator, KeyFactory factory, KeyAgreement agreement) {
        static Tools of(Group group, @Nullable Provider provider) {
            try {
                return group.isEcPoint() ? ec(group, provider) : xdh(provider);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("no " + group.label() + ": " + e.getMessage(), e);
            }
        }

        private static Tools ec(Group group, @Nullable Provider provider) throws GeneralSecurityException {
            Tools tools = provider == null
                    ? new Tools(
                            KeyPairGenerator.getInstance("EC"),
                            KeyFactory.getInstance("EC"),
                            KeyAgreement.getInstance("ECDH"))
                    : new Tools(
                            KeyPairGenerator.getInstance("EC", provider),
                            KeyFactory.getInstance("EC", provider),
                            KeyAgreement.getInstance("ECDH", provider));
            tools.generator.initialize(new ECGenParameterSpec(group.label()));
            return tools;
        }

        /**
         * Conscrypt's generator of this name supports this one curve only and accepts no parameter; the JDK's needs
         * one.
         */
        private static Tools xdh(@Nullable Provider provider) throws GeneralSecurityException {
            if (provider != null) {
                return new Tools(
                        KeyPairGenerator.getInstance(hasX25519(provider) ? "X25519" : "XDH", provider),
                        KeyFactory.getInstance("XDH", provider),
                        KeyAgreement.getInstance("XDH", provider));
            }
            KeyPairGenerator generator = KeyPairGenerator.getInstance("XDH");
            generator.initialize(NamedParameterSpec.X25519);
            return new Tools(generator, KeyFactory.getInstance("XDH"), KeyAgreement.getInstance("XDH"));
        }

        private static boolean hasX25519(Provider provider) {
            return provider.getService("KeyPairGenerator", "X25519") != null;
        }
    }
}
