package io.offramp.proxy.guard;

import io.offramp.proxy.tls.ClientIdentity;
import java.util.Set;

/**
 * Which client certificates a route wants, of those that the listener has verified. An empty set does not restrict.
 *
 * @param subjects RFC 4514, such as {@code CN=Alice,O=Example}
 * @param issuers likewise
 * @param fingerprints SHA-256, hexadecimal in lower case
 */
public record CertificateCondition(Set<String> subjects, Set<String> issuers, Set<String> fingerprints) {
    /** Whether it has what each set wants. */
    boolean accepts(ClientIdentity client) {
        return isIn(subjects, client.subject())
                && isIn(issuers, client.issuer())
                && isIn(fingerprints, client.fingerprint());
    }

    private static boolean isIn(Set<String> wanted, String value) {
        return wanted.isEmpty() || wanted.contains(value);
    }
}
