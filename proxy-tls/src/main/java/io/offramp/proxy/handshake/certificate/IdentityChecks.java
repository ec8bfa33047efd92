package io.offramp.proxy.handshake.certificate;

import io.offramp.proxy.handshake.crypto.CryptoProviders;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Checks that a key belongs to a certificate, and collects warnings about its chain. */
final class IdentityChecks {
    private static final byte[] PROBE = "does this key belong to that certificate".getBytes(StandardCharsets.US_ASCII);

    private IdentityChecks() {}

    /** Returns the warnings. */
    static List<String> check(List<X509Certificate> chain, Instant now) throws BadCertificateException {
        List<String> warnings = outsideTheirTime(chain, now);
        LeafChecks.check(chain.getFirst(), warnings);
        return warnings;
    }

    /** Signing and verifying is the one test that needs no knowledge of key types. */
    static boolean belongs(PrivateKey key, PublicKey certified) {
        if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
            return false;
        }
        try {
            Signature signature = signature(certified);
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * Uses the provider that will sign handshakes: the JDK's needs a tenth of the start for its first signature on
     * P-256.
     */
    private static Signature signature(PublicKey certified) throws GeneralSecurityException {
        String algorithm = certified instanceof ECPublicKey ? "SHA256withECDSA" : "SHA256withRSA";
        Provider provider = certified instanceof ECPublicKey
                ? CryptoProviders.best()
                        .choice(CryptoProviders.Primitive.ECDSA_P256)
                        .provider()
                : null;
        return provider == null ? Signature.getInstance(algorithm) : Signature.getInstance(algorithm, provider);
    }

    private static List<String> outsideTheirTime(List<X509Certificate> chain, Instant now) {
        List<String> warnings = new ArrayList<>();
        for (X509Certificate certificate : chain) {
            if (now.isAfter(certificate.getNotAfter().toInstant())) {
                warnings.add("certificate of " + subject(certificate) + " expired on "
                        + certificate.getNotAfter().toInstant());
            } else if (now.isBefore(certificate.getNotBefore().toInstant())) {
                warnings.add("certificate of " + subject(certificate) + " is not valid before "
                        + certificate.getNotBefore().toInstant());
            }
        }
        return warnings;
    }

    private static String subject(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }
}
