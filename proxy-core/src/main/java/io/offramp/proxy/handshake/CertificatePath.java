package io.offramp.proxy.handshake;

import io.offramp.proxy.handshake.HandshakeFailure.Reason;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;

/**
 * From a client's certificate to one that the listener trusts, each signed by the next.
 *
 * <p>Found by going up and never back: at most {@code depth + 1} steps, with one signature for each candidate of the right name. A search
 * that tries every way, as the JDK's does, takes minutes for ten certificates that sign each other.
 *
 * @param certificates the client's own first, at least one
 * @param end          the trusted one, which has signed the last of them
 */
record CertificatePath(List<X509Certificate> certificates, X509Certificate end) {
    /**
     * Finds it, or refuses.
     *
     * @param sent by the client, its own first, the others in any order (RFC 8446 §4.4.2)
     */
    static CertificatePath find(List<X509Certificate> sent, ClientTrust trust) throws ClientRefusal {
        List<X509Certificate> path = new ArrayList<>(List.of(sent.getFirst()));
        while (true) {
            X509Certificate last = path.getLast();
            X509Certificate end = signer(last, trust.named(last.getIssuerX500Principal()));
            if (end != null) {
                checkLength(path, Math.min(trust.depth(), end.getBasicConstraints()));
                return new CertificatePath(List.copyOf(path), end);
            }
            path.add(issuer(last, path, sent, trust));
            checkLength(path, trust.depth());
        }
    }

    X509Certificate subject() {
        return certificates.getFirst();
    }

    private static X509Certificate issuer(
            X509Certificate last, List<X509Certificate> path, List<X509Certificate> sent, ClientTrust trust) throws ClientRefusal {
        X500Principal name = last.getIssuerX500Principal();
        X509Certificate issuer = signer(last, sent.stream()
                .filter(each -> each.getSubjectX500Principal().equals(name) && isCa(each) && !path.contains(each))
                .toList());
        if (issuer == null) {
            boolean known = !trust.named(name).isEmpty();
            throw untrusted(path, "issued by " + name(name) + ", "
                    + (known ? "whose certificate in ca has not signed it" : "which is not among the certificates in ca"));
        }
        return issuer;
    }

    /** RFC 5280 §4.2.1.9. */
    private static boolean isCa(X509Certificate certificate) {
        return certificate.getBasicConstraints() >= 0;
    }

    private static void checkLength(List<X509Certificate> path, int depth) throws ClientRefusal {
        if (path.size() - 1 > depth) {
            throw untrusted(path, "more than " + depth + " certificates on the way to one in ca");
        }
    }

    private static @Nullable X509Certificate signer(X509Certificate certificate, List<X509Certificate> candidates) {
        return candidates.stream().filter(each -> ClientTrust.signed(certificate, each)).findFirst().orElse(null);
    }

    private static ClientRefusal untrusted(List<X509Certificate> path, String why) {
        String last = path.size() == 1 ? "" : name(path.getLast().getSubjectX500Principal()) + " ";
        return new ClientRefusal(Reason.CLIENT_CERTIFICATE_UNTRUSTED, AlertDescription.unknown_ca,
                name(path.getFirst().getSubjectX500Principal()) + ": " + last + why);
    }

    static String name(X500Principal principal) {
        return ClientIdentity.text(principal);
    }
}
