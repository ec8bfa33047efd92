package io.offramp.proxy.handshake.certificate;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The certificates that a server sends, picked from its file: the one for its key, then the issuer of each, as far as
 * present (RFC 8446 §4.4.2). A file may hold more, in any order, since renewal tools and people write it.
 *
 * @param certificates the server's own first
 * @param warnings what in the file is unused or wrong, one clause each
 */
record ServerChain(List<X509Certificate> certificates, List<String> warnings) {
    /**
     * Finds the chain.
     *
     * @param file the certificates of a file, in its order; at least one
     * @param key of the server
     * @throws BadCertificateException if none is for that key, or the file has CAs but none that issued the certificate
     */
    static ServerChain find(List<X509Certificate> file, PrivateKey key, Instant now) throws BadCertificateException {
        Set<X509Certificate> distinct = new LinkedHashSet<>(file);
        List<X509Certificate> chain = new ArrayList<>(List.of(own(distinct, key, now)));
        X509Certificate issuer = issuer(chain, distinct, now);
        while (issuer != null) {
            chain.add(issuer);
            issuer = issuer(chain, distinct, now);
        }
        checkNotLost(chain, distinct);
        return new ServerChain(List.copyOf(chain), warnings(file, chain));
    }

    /** Of several for one key, such as the old and the renewed one, the first that is valid. */
    private static X509Certificate own(Set<X509Certificate> distinct, PrivateKey key, Instant now)
            throws BadCertificateException {
        X509Certificate first = distinct.iterator().next();
        X509Certificate found = distinct.stream()
                .filter(each -> IdentityChecks.belongs(key, each.getPublicKey()))
                .findFirst()
                .orElseThrow(() -> new BadCertificateException("private key does not belong to the certificate of "
                        + subject(first) + (distinct.size() > 1 ? ", nor to another of the file" : "")));
        return distinct.stream()
                .filter(each -> each.getPublicKey().equals(found.getPublicKey()) && Certificates.isValid(each, now))
                .findFirst()
                .orElse(found);
    }

    /** Of several, such as a CA's own and its cross-certificate, the first that is valid; null at the end. */
    private static @Nullable X509Certificate issuer(
            List<X509Certificate> chain, Set<X509Certificate> distinct, Instant now) {
        X509Certificate last = chain.getLast();
        X500Principal name = last.getIssuerX500Principal();
        if (isRoot(last)) {
            return null;
        }
        return distinct.stream()
                .filter(each -> each.getSubjectX500Principal().equals(name) && !chain.contains(each))
                .sorted(Comparator.comparing((X509Certificate each) -> !Certificates.isValid(each, now)))
                .filter(each -> Certificates.signed(last, each))
                .findFirst()
                .orElse(null);
    }

    /** A file with issuers of other certificates only is a mistake: the earlier certificate is better kept. */
    private static void checkNotLost(List<X509Certificate> chain, Set<X509Certificate> distinct)
            throws BadCertificateException {
        X509Certificate own = chain.getFirst();
        if (chain.size() > 1 || isRoot(own)) {
            return;
        }
        for (X509Certificate other : distinct) {
            if (other.getBasicConstraints() >= 0 && !other.equals(own)) {
                throw new BadCertificateException("chain: certificate of " + subject(other) + " does not sign that of "
                        + subject(own) + ", nor does another of the file; its issuer is "
                        + own.getIssuerX500Principal().getName());
            }
        }
    }

    private static List<String> warnings(List<X509Certificate> file, List<X509Certificate> chain) {
        List<String> warnings = new ArrayList<>();
        for (int i = 0; i < file.size(); i++) {
            X509Certificate each = file.get(i);
            String which = "certificate " + (i + 1) + " of the file (" + subject(each) + ") is not used: ";
            if (file.indexOf(each) < i) {
                warnings.add(which + "it is there twice");
            } else if (!chain.contains(each)) {
                warnings.add(which + "it is not on the way from the server's own to a root");
            }
        }
        List<Integer> places = chain.stream().map(file::indexOf).toList();
        if (places.getFirst() > 0 || !places.equals(places.stream().sorted().toList())) {
            warnings.add("certificates of the file are not in order, and are sent as "
                    + places.stream().map(place -> String.valueOf(place + 1)).collect(Collectors.joining(", ")));
        }
        if (chain.size() > 1 && isRoot(chain.getLast())) {
            warnings.add("certificate of " + subject(chain.getLast())
                    + " is a root, and is sent for nothing: clients have it, or do not trust it");
        }
        return warnings;
    }

    private static boolean isRoot(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    private static String subject(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }
}
