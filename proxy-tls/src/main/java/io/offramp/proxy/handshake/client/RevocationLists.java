package io.offramp.proxy.handshake.client;

import io.offramp.proxy.handshake.certificate.BadCertificateException;
import io.offramp.proxy.handshake.certificate.PemFile;
import io.offramp.proxy.handshake.certificate.PemLoader;
import io.offramp.proxy.handshake.certificate.Strength;
import io.offramp.proxy.tls.ClientIdentity;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;

/**
 * Certificate revocation lists (RFC 5280 §5) of the CAs in a bundle. If there are any, every certificate of a path
 * needs a current list of its issuer. Complete lists only: no deltas, no partitions, no indirect ones. Immutable.
 *
 * <p>As in RFC 5280 §6.3.3, a list belongs to an issuer by name: a CA with a new key has one list for what it has
 * signed with either. Two CAs that share a name therefore count as one, and a current list of one stands for both: such
 * CAs need separate listeners.
 */
public final class RevocationLists {
    /** Lists of large CAs take a few megabytes. */
    private static final int MAX_FILE_BYTES = 64 << 20;

    private static final byte DER_SEQUENCE = 0x30;
    private static final int CRL_SIGN = 6;

    private final Map<X500Principal, List<X509CRL>> byIssuer = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();

    private RevocationLists() {}

    /**
     * Reads a file with one or more lists, PEM or DER, and verifies them. Blocks.
     *
     * @throws BadCertificateException if it is missing, does not parse, or holds no list that can be used
     */
    public static RevocationLists load(Path file, CaBundle bundle) throws BadCertificateException {
        RevocationLists lists = new RevocationLists();
        for (X509CRL each : lists.parse(file)) {
            lists.add(each, bundle, file);
        }
        if (lists.byIssuer.isEmpty()) {
            throw new BadCertificateException("no revocation list of a certificate in ca: " + file);
        }
        for (X509Certificate ca : bundle.certificates()) {
            if (!lists.byIssuer.containsKey(ca.getSubjectX500Principal())) {
                lists.warnings.add(
                        "no revocation list of " + ClientIdentity.subject(ca) + ": what it has signed is refused");
            }
        }
        return lists;
    }

    /** What works but needs attention. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Whether a list says that the certificate has been revoked; false where there is no list. */
    boolean isRevoked(X509Certificate certificate) {
        return entry(certificate) != null;
    }

    /** Refuses a certificate that has been revoked, or whose status is unknown. */
    void check(X509Certificate certificate, Instant now) throws CertificateRefusal {
        String subject = ClientIdentity.subject(certificate);
        X509CRLEntry entry = entry(certificate);
        if (entry != null) {
            throw new CertificateRefusal(
                    CertificateFault.REVOKED,
                    AlertDescription.certificate_revoked,
                    subject + ": revoked on " + entry.getRevocationDate().toInstant());
        }
        if (of(certificate).stream().noneMatch(list -> isCurrent(list, now))) {
            String why = of(certificate).isEmpty() ? "no revocation list" : "no current revocation list";
            throw new CertificateRefusal(
                    CertificateFault.REVOCATION_UNKNOWN,
                    AlertDescription.certificate_unknown,
                    subject + ": " + why + " of " + ClientIdentity.text(certificate.getIssuerX500Principal()));
        }
    }

    /** Until when there is a current list for each of a path that was checked; {@link Instant#MAX} for ever. */
    Instant currentUntil(List<X509Certificate> path, Instant now) {
        return path.stream()
                .map(certificate -> of(certificate).stream()
                        .filter(list -> isCurrent(list, now))
                        .map(RevocationLists::end)
                        .max(Comparator.naturalOrder())
                        .orElse(now))
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    /** Whether they are the same lists. */
    boolean isSame(RevocationLists other) {
        return byIssuer.equals(other.byIssuer);
    }

    @Override
    public String toString() {
        int revoked = byIssuer.values().stream()
                .flatMap(List::stream)
                .mapToInt(RevocationLists::size)
                .sum();
        return "revocation lists of " + byIssuer.size() + " with " + revoked + " certificates";
    }

    private void add(X509CRL list, CaBundle bundle, Path file) throws BadCertificateException {
        String issuer = ClientIdentity.text(list.getIssuerX500Principal());
        List<X509Certificate> issuers = bundle.certificates().stream()
                .filter(ca -> ca.getSubjectX500Principal().equals(list.getIssuerX500Principal()))
                .toList();
        Set<String> critical = list.getCriticalExtensionOIDs();
        if (issuers.isEmpty()) {
            warnings.add("revocation list of " + issuer + " is not used: no certificate in ca has that name");
            return;
        }
        if (critical != null && !critical.isEmpty()) { // RFC 5280 §5.2: such a list must not be relied on
            throw new BadCertificateException("revocation list of " + issuer
                    + " is not a complete one (critical extension " + String.join(", ", critical) + "): " + file);
        }
        List<X509Certificate> signers =
                issuers.stream().filter(ca -> signed(list, ca)).toList();
        if (signers.isEmpty()) {
            throw new BadCertificateException(
                    "revocation list of " + issuer + " is not signed by the certificate of that name in ca: " + file);
        }
        if (signers.stream().noneMatch(RevocationLists::maySign)) { // RFC 5280 §6.3.3 (f)
            throw new BadCertificateException("revocation list of " + issuer
                    + " is signed by a certificate that may not sign lists (keyUsage without cRLSign): " + file);
        }
        String weakness =
                Strength.weaknessOfSignature(list.getSigAlgOID(), list.getSigAlgName(), list.getSigAlgParams());
        if (weakness != null) {
            throw new BadCertificateException("revocation list of " + issuer + " is " + weakness + ": " + file);
        }
        if (!isCurrent(list, Instant.now())) {
            warnings.add("revocation list of " + issuer + " is not current (this update " + list.getThisUpdate()
                    + ", next update " + list.getNextUpdate() + "): what it has signed is refused");
        }
        byIssuer.computeIfAbsent(list.getIssuerX500Principal(), k -> new ArrayList<>())
                .add(list);
    }

    private @Nullable X509CRLEntry entry(X509Certificate certificate) {
        for (X509CRL list : of(certificate)) {
            X509CRLEntry entry = list.getRevokedCertificate(certificate.getSerialNumber());
            if (entry != null) {
                return entry;
            }
        }
        return null;
    }

    private List<X509CRL> of(X509Certificate certificate) {
        return byIssuer.getOrDefault(certificate.getIssuerX500Principal(), List.of());
    }

    private List<X509CRL> parse(Path file) throws BadCertificateException {
        byte[] content = PemLoader.bytes(file, MAX_FILE_BYTES);
        if (content.length > 0 && content[0] == DER_SEQUENCE) {
            return List.of(parse(content, file));
        }
        PemFile pem = PemFile.of(file, content);
        List<X509CRL> lists = new ArrayList<>();
        for (PemFile.Block block : pem.take(Set.of("X509 CRL"))) {
            lists.add(parse(pem.der(block), file));
        }
        if (lists.isEmpty()) {
            throw new BadCertificateException(
                    "no revocation list in " + file + "; PEM or DER is expected: -----BEGIN X509 CRL-----");
        }
        warnings.addAll(pem.warnings());
        return lists;
    }

    private static X509CRL parse(byte[] der, Path file) throws BadCertificateException {
        try {
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
        } catch (CRLException | CertificateException e) {
            throw new BadCertificateException("revocation list does not parse: " + file + ": " + e.getMessage(), e);
        }
    }

    /** RFC 5280 §4.2.1.3. */
    private static boolean maySign(X509Certificate ca) {
        boolean[] usage = ca.getKeyUsage();
        return usage == null || usage[CRL_SIGN];
    }

    private static boolean signed(X509CRL list, X509Certificate issuer) {
        try {
            list.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) { // another key, or an algorithm that is no longer trusted
            return false;
        }
    }

    private static int size(X509CRL list) {
        Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
        return entries == null ? 0 : entries.size();
    }

    private static boolean isCurrent(X509CRL list, Instant now) {
        return !now.isBefore(list.getThisUpdate().toInstant()) && !now.isAfter(end(list));
    }

    /** A list without a next update stays current. */
    private static Instant end(X509CRL list) {
        return list.getNextUpdate() == null ? Instant.MAX : list.getNextUpdate().toInstant();
    }
}
