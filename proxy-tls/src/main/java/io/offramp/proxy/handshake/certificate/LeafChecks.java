package io.offramp.proxy.handshake.certificate;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds what makes clients refuse an otherwise good certificate. */
final class LeafChecks {
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String ANY = "2.5.29.37.0";
    private static final int SAN_DNS = 2;

    /** RFC 9525 §6.3: a wildcard is the whole first label. */
    private static final Pattern MATCHABLE = Pattern.compile("(\\*\\.[^.*]+|[^.*]+)(\\.[^.*]+)*");

    private LeafChecks() {}

    /** Adds a clause for each finding. */
    static void check(X509Certificate leaf, List<String> warnings) throws BadCertificateException {
        String subject = "certificate of " + leaf.getSubjectX500Principal().getName();
        try {
            checkNames(leaf.getSubjectAlternativeNames(), subject, warnings);
            List<String> purposes = leaf.getExtendedKeyUsage();
            if (purposes != null && !purposes.contains(SERVER_AUTH) && !purposes.contains(ANY)) {
                warnings.add(subject + " is not for servers: its extended key usage lacks serverAuth");
            }
        } catch (CertificateParsingException e) {
            throw new BadCertificateException("extensions do not parse: " + e.getMessage(), e);
        }
        if (leaf.getBasicConstraints() >= 0) {
            warnings.add(subject + " is a CA's own, not a server's");
        }
    }

    private static void checkNames(@Nullable Collection<List<?>> sans, String subject, List<String> warnings) {
        if (sans == null || sans.isEmpty()) {
            warnings.add(subject + " has no subject alternative name: today's clients do not look at the common name");
            return;
        }
        for (List<?> san : sans) {
            if (san.get(0).equals(SAN_DNS)
                    && !MATCHABLE.matcher((String) san.get(1)).matches()) {
                warnings.add(subject + " has the name " + san.get(1)
                        + ", which clients do not match: a wildcard is a whole first label");
            }
        }
    }
}
