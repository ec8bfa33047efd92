package io.offramp.proxy.handshake;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECParameterSpec;
import org.jspecify.annotations.Nullable;

/** The kinds of certificate key that a server may have here. */
public enum KeyType {
    /** ECDSA on secp256r1. */
    ECDSA_P256("ECDSA P-256"),
    /** ECDSA on secp384r1. */
    ECDSA_P384("ECDSA P-384"),
    /** RSA of at least 2048 bits. */
    RSA("RSA");

    private final String label;

    KeyType(String label) {
        this.label = label;
    }

    /** True for both curves. */
    public boolean isEcdsa() {
        return this != RSA;
    }

    @Override
    public String toString() {
        return label;
    }

    static KeyType of(PublicKey key) throws BadCertificateException {
        return switch (key) {
            case ECPublicKey ec -> ofCurve(ec.getParams());
            case RSAPublicKey rsa when rsa.getModulus().bitLength() >= Strength.MIN_RSA_BITS -> RSA;
            case RSAPublicKey rsa -> throw new BadCertificateException("RSA key of " + rsa.getModulus().bitLength()
                    + " bits, at least " + Strength.MIN_RSA_BITS + " are needed");
            default -> throw new BadCertificateException(key.getAlgorithm() + " key; ECDSA P-256, ECDSA P-384 or RSA is needed");
        };
    }

    private static KeyType ofCurve(@Nullable ECParameterSpec curve) throws BadCertificateException {
        String name = String.valueOf(curve);
        if (name.contains("secp256r1")) {
            return ECDSA_P256;
        }
        if (name.contains("secp384r1")) {
            return ECDSA_P384;
        }
        throw new BadCertificateException("EC key on " + name + "; P-256 or P-384 is needed");
    }
}
