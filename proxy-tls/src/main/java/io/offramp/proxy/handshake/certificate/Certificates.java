package io.offramp.proxy.handshake.certificate;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;

/** Checks of one certificate that the paths of servers and of clients share. */
public final class Certificates {
    private Certificates() {}

    /** Whether {@code now} is within its dates. */
    public static boolean isValid(X509Certificate certificate, Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant())
                && !now.isAfter(certificate.getNotAfter().toInstant());
    }

    /** Whether {@code issuer} has signed {@code certificate}. */
    public static boolean signed(X509Certificate certificate, X509Certificate issuer) {
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException | RuntimeException e) { // another key, or one that no provider supports
            return false;
        }
    }
}
