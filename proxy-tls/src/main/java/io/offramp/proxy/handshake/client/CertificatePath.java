package io.offramp.proxy.handshake.client;

import io.offramp.proxy.handshake.certificate.Certificates;
import io.offramp.proxy.tls.ClientIdentity;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;

/**
 * From a peer's certificate to one that is trusted, each signed by the next.
 *
 * <p>The search goes up and never back: at most {@code depth + 1} steps, with one signature for each candidate of the
 * right name. A search that tries every way, as the JDK's does, takes minutes for ten certificates that sign each
 * other. Keys that the peer can choose are not used where verifying a signature with them would be expensive.
 *
 * @param certificates the peer's own first, at least one
 * @param end the trusted one, which has signed the last of them
 */
record CertificatePath(List<X509Certificate> certificates, X509Certificate end) {
    /** Twice the largest key of any public CA. */
    private static final int MAX_RSA_BITS = 8192;

    /**
     * Finds it, or refuses. Dates are not checked, but a valid certificate is preferred where several fit.
     *
     * @param sent by the peer, its own first, the others in any order (RFC 8446 §4.4.2)
     */
    static CertificatePath find(List<X509Certificate> sent, Trust trust, Instant now) throws CertificateRefusal {
        List<X509Certificate> path = new ArrayList<>(List.of(sent.getFirst()));
        while (true) {
            X509Certificate end = end(path.getLast(), trust, now);
            if (end != null) {
                checkLength(path.size() - 1, path, Math.min(trust.depth(), end.getBasicConstraints()), trust);
                return new CertificatePath(List.copyOf(path), end);
            }
            path.add(issuer(path, sent, trust, now));
        }
    }

    /** The trusted one that has signed the last of a path; null if none has. */
    static @Nullable X509Certificate end(X509Certificate last, Trust trust, Instant now) {
        return signer(last, trust.named(last.getIssuerX500Principal()), now);
    }

    X509Certificate subject() {
        return certificates.getFirst();
    }

    /** No signature is verified for a path that would be too long. */
    private static X509Certificate issuer(
            List<X509Certificate> path, List<X509Certificate> sent, Trust trust, Instant now)
            throws CertificateRefusal {
        X509Certificate last = path.getLast();
        X500Principal name = last.getIssuerX500Principal();
        List<X509Certificate> candidates = sent.stream()
                .filter(each -> each.getSubjectX500Principal().equals(name) && isCa(each) && !path.contains(each))
                .toList();
        if (!candidates.isEmpty()) {
            checkLength(path.size(), path, trust.depth(), trust);
        }
        X509Certificate issuer = signer(
                last, candidates.stream().filter(CertificatePath::isCheap).toList(), now);
        if (issuer == null) {
            boolean known = !trust.named(name).isEmpty();
            throw untrusted(
                    path,
                    "issued by " + ClientIdentity.text(name) + ", "
                            + (known
                                    ? "whose certificate in " + trust.where() + " has not signed it"
                                    : "which is not among the certificates in " + trust.where()));
        }
        return issuer;
    }

    private static boolean isCheap(X509Certificate certificate) {
        return !(certificate.getPublicKey() instanceof RSAPublicKey key)
                || key.getModulus().bitLength() <= MAX_RSA_BITS;
    }

    /** RFC 5280 §4.2.1.9. */
    private static boolean isCa(X509Certificate certificate) {
        return certificate.getBasicConstraints() >= 0;
    }

    private static void checkLength(int length, List<X509Certificate> path, int depth, Trust trust)
            throws CertificateRefusal {
        if (length > depth) {
            throw untrusted(path, "more than " + depth + " certificates on the way to one in " + trust.where());
        }
    }

    /**
     * Of several with one key, such as a CA's old and renewed certificate, a valid one; otherwise the first, whose date
     * is then reported.
     */
    private static @Nullable X509Certificate signer(
            X509Certificate certificate, List<X509Certificate> candidates, Instant now) {
        return candidates.stream()
                .sorted(Comparator.comparing((X509Certificate each) -> !Certificates.isValid(each, now)))
                .filter(each -> Certificates.signed(certificate, each))
                .findFirst()
                .orElse(null);
    }

    private static CertificateRefusal untrusted(List<X509Certificate> path, String why) {
        String last = path.size() == 1 ? "" : ClientIdentity.subject(path.getLast()) + " ";
        return new CertificateRefusal(
                CertificateFault.UNTRUSTED,
                AlertDescription.unknown_ca,
                ClientIdentity.subject(path.getFirst()) + ": " + last + why);
    }
}
