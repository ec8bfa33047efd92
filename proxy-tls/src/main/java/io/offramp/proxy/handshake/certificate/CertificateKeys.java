package io.offramp.proxy.handshake.certificate;

import io.offramp.proxy.handshake.crypto.KeyType;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECParameterSpec;
import org.jspecify.annotations.Nullable;

/** Finds the {@link KeyType} of a certificate's key. */
final class CertificateKeys {
    /** The supported types, for messages. */
    static final String NEEDED = "ECDSA P-256, ECDSA P-384 or RSA is needed";

    private CertificateKeys() {}

    /** @throws BadCertificateException for an unsupported type or a weak key */
    static KeyType typeOf(PublicKey key) throws BadCertificateException {
        return switch (key) {
            case ECPublicKey ec -> ofCurve(ec.getParams());
            case RSAPublicKey rsa
            when !rsa.getAlgorithm().equals("RSA") -> throw other(rsa.getAlgorithm()); // RSASSA-PSS
            case RSAPublicKey rsa when rsa.getModulus().bitLength() >= Strength.MIN_RSA_BITS -> KeyType.RSA;
            case RSAPublicKey rsa ->
                throw new BadCertificateException("RSA key of "
                        + rsa.getModulus().bitLength() + " bits, at least " + Strength.MIN_RSA_BITS + " are needed");
            case EdECPublicKey ed -> throw other(ed.getParams().getName());
            default -> throw other(key.getAlgorithm());
        };
    }

    private static KeyType ofCurve(@Nullable ECParameterSpec curve) throws BadCertificateException {
        String name = String.valueOf(curve);
        if (name.contains("secp256r1")) {
            return KeyType.ECDSA_P256;
        }
        if (name.contains("secp384r1")) {
            return KeyType.ECDSA_P384;
        }
        throw other("EC key on " + name);
    }

    private static BadCertificateException other(String what) {
        return new BadCertificateException("certificate of a key that is " + what + "; " + NEEDED);
    }
}
