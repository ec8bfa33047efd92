package io.offramp.proxy.handshake.crypto;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.jspecify.annotations.Nullable;

/**
 * How handshakes are signed (RFC 8446 §4.2.3): by the server, in order of preference for each type of key, and by
 * clients with a certificate.
 */
public enum SigningScheme {
    ECDSA_SECP256R1_SHA256(SignatureScheme.ecdsa_secp256r1_sha256, "SHA256withECDSA", null),
    ECDSA_SECP384R1_SHA384(SignatureScheme.ecdsa_secp384r1_sha384, "SHA384withECDSA", null),
    ECDSA_SECP521R1_SHA512(SignatureScheme.ecdsa_secp521r1_sha512, "SHA512withECDSA", null),
    RSA_PSS_RSAE_SHA256(SignatureScheme.rsa_pss_rsae_sha256, "RSASSA-PSS", pss("SHA-256", 32)),
    RSA_PSS_RSAE_SHA384(SignatureScheme.rsa_pss_rsae_sha384, "RSASSA-PSS", pss("SHA-384", 48)),
    RSA_PSS_RSAE_SHA512(SignatureScheme.rsa_pss_rsae_sha512, "RSASSA-PSS", pss("SHA-512", 64)),
    RSA_PKCS1_SHA256(SignatureScheme.rsa_pkcs1_sha256, "SHA256withRSA", null),
    RSA_PKCS1_SHA384(SignatureScheme.rsa_pkcs1_sha384, "SHA384withRSA", null),
    RSA_PKCS1_SHA512(SignatureScheme.rsa_pkcs1_sha512, "SHA512withRSA", null),
    /** For clients only. */
    ED25519(SignatureScheme.ed25519, "Ed25519", null);

    /** The schemes for clients, in the order in which they are sent. */
    public static final List<SigningScheme> VERIFIABLE = List.of(values());

    private static final List<SigningScheme> P256_13 = List.of(ECDSA_SECP256R1_SHA256);
    private static final List<SigningScheme> P384_13 = List.of(ECDSA_SECP384R1_SHA384);
    private static final List<SigningScheme> RSA_13 =
            List.of(RSA_PSS_RSAE_SHA256, RSA_PSS_RSAE_SHA384, RSA_PSS_RSAE_SHA512);

    private static final List<SigningScheme> P256_12 =
            List.of(ECDSA_SECP256R1_SHA256, ECDSA_SECP384R1_SHA384, ECDSA_SECP521R1_SHA512);
    private static final List<SigningScheme> P384_12 =
            List.of(ECDSA_SECP384R1_SHA384, ECDSA_SECP521R1_SHA512, ECDSA_SECP256R1_SHA256);
    private static final List<SigningScheme> RSA_12 = List.of(
            RSA_PSS_RSAE_SHA256,
            RSA_PKCS1_SHA256,
            RSA_PSS_RSAE_SHA384,
            RSA_PKCS1_SHA384,
            RSA_PSS_RSAE_SHA512,
            RSA_PKCS1_SHA512);

    private final SignatureAndHashAlgorithm wire;
    private final String algorithm;
    private final @Nullable PSSParameterSpec parameters;

    SigningScheme(int code, String algorithm, @Nullable PSSParameterSpec parameters) {
        this.wire = SignatureScheme.getSignatureAndHashAlgorithm(code);
        this.algorithm = algorithm;
        this.parameters = parameters;
    }

    /**
     * What a key can sign with, best first. TLS 1.3 ties an ECDSA scheme to a curve and forbids PKCS#1; in TLS 1.2 the
     * same numbers mean hash and signature only (RFC 8446 §4.2.3).
     */
    public static List<SigningScheme> of(KeyType key, boolean tls13) {
        return switch (key) {
            case ECDSA_P256 -> tls13 ? P256_13 : P256_12;
            case ECDSA_P384 -> tls13 ? P384_13 : P384_12;
            case RSA -> tls13 ? RSA_13 : RSA_12;
        };
    }

    /** The scheme of this number, if clients may sign with it; otherwise null. */
    public static @Nullable SigningScheme verifiable(int code) {
        return VERIFIABLE.stream()
                .filter(scheme -> SignatureScheme.from(scheme.wire) == code)
                .findFirst()
                .orElse(null);
    }

    /** Whether a key may sign with it; see {@link #of} for what differs between versions. */
    public boolean fits(PublicKey key, boolean tls13) {
        return switch (this) {
            case ECDSA_SECP256R1_SHA256 -> isOnCurve(key, tls13 ? 256 : 0);
            case ECDSA_SECP384R1_SHA384 -> isOnCurve(key, tls13 ? 384 : 0);
            case ECDSA_SECP521R1_SHA512 -> isOnCurve(key, tls13 ? 521 : 0);
            case RSA_PSS_RSAE_SHA256, RSA_PSS_RSAE_SHA384, RSA_PSS_RSAE_SHA512 ->
                key.getAlgorithm().equals("RSA");
            case RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512 ->
                !tls13 && key.getAlgorithm().equals("RSA");
            case ED25519 ->
                key instanceof EdECPublicKey ed && ed.getParams().getName().equals("Ed25519");
        };
    }

    /** The JDK has one curve of each size. */
    private static boolean isOnCurve(PublicKey key, int bits) {
        return key instanceof ECPublicKey ec
                && (bits == 0 || ec.getParams().getCurve().getField().getFieldSize() == bits);
    }

    /** In Bouncy Castle's form. */
    public SignatureAndHashAlgorithm wire() {
        return wire;
    }

    /** JCA name; {@code RSASSA-PSS} needs {@link #parameters()}. */
    public String algorithm() {
        return algorithm;
    }

    public @Nullable PSSParameterSpec parameters() {
        return parameters;
    }

    private static PSSParameterSpec pss(String hash, int saltBytes) {
        return new PSSParameterSpec(
                hash, "MGF1", new MGF1ParameterSpec(hash), saltBytes, PSSParameterSpec.TRAILER_FIELD_BC);
    }
}
