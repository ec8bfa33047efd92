package io.offramp.proxy.handshake.certificate;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.Set;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/**
 * Tells what is too weak in certificates and lists of others: below 112 bits (RFC 9325 §4.5). Each method returns null
 * for what is strong enough.
 */
public final class Strength {
    /** For RSA keys, in bits. */
    static final int MIN_RSA_BITS = 2048;

    /** Hashes without known collisions, in the signatures that the JDK verifies. */
    private static final Set<String> STRONG = Set.of(
            PKCSObjectIdentifiers.sha224WithRSAEncryption.getId(),
            PKCSObjectIdentifiers.sha256WithRSAEncryption.getId(),
            PKCSObjectIdentifiers.sha384WithRSAEncryption.getId(),
            PKCSObjectIdentifiers.sha512WithRSAEncryption.getId(),
            PKCSObjectIdentifiers.sha512_256WithRSAEncryption.getId(),
            X9ObjectIdentifiers.ecdsa_with_SHA224.getId(),
            X9ObjectIdentifiers.ecdsa_with_SHA256.getId(),
            X9ObjectIdentifiers.ecdsa_with_SHA384.getId(),
            X9ObjectIdentifiers.ecdsa_with_SHA512.getId(),
            EdECObjectIdentifiers.id_Ed25519.getId(),
            EdECObjectIdentifiers.id_Ed448.getId());

    private static final Set<String> STRONG_HASHES = Set.of(
            NISTObjectIdentifiers.id_sha224.getId(),
            NISTObjectIdentifiers.id_sha256.getId(),
            NISTObjectIdentifiers.id_sha384.getId(),
            NISTObjectIdentifiers.id_sha512.getId());

    private static final String PSS = PKCSObjectIdentifiers.id_RSASSA_PSS.getId();

    private Strength() {}

    /** Of the signature on a certificate, or of its key. */
    public static @Nullable String weaknessOf(X509Certificate certificate) {
        String ofSignature = weaknessOfSignature(
                certificate.getSigAlgOID(), certificate.getSigAlgName(), certificate.getSigAlgParams());
        return ofSignature != null ? ofSignature : weaknessOf(certificate.getPublicKey());
    }

    /** {@code an RSA key of 1024 bits, at least 2048 are needed}. */
    public static @Nullable String weaknessOf(PublicKey key) {
        int bits = key instanceof RSAKey rsa ? rsa.getModulus().bitLength() : MIN_RSA_BITS;
        return bits < MIN_RSA_BITS ? "an RSA key of " + bits + " bits, at least " + MIN_RSA_BITS + " are needed" : null;
    }

    /**
     * {@code signed with SHA1withRSA, which is too weak}.
     *
     * @param name for people
     * @param parameters DER; null for none
     */
    public static @Nullable String weaknessOfSignature(String oid, String name, byte @Nullable [] parameters) {
        boolean strong = oid.equals(PSS) ? isStrongPss(parameters) : STRONG.contains(oid);
        return strong ? null : "signed with " + name + ", which is too weak";
    }

    /** The default hash is SHA-1 (RFC 8017 §A.2.3). */
    private static boolean isStrongPss(byte @Nullable [] parameters) {
        try {
            return parameters != null
                    && STRONG_HASHES.contains(RSASSAPSSparams.getInstance(parameters)
                            .getHashAlgorithm()
                            .getAlgorithm()
                            .getId());
        } catch (IllegalArgumentException e) { // does not parse: the JDK refuses it too
            return false;
        }
    }
}
