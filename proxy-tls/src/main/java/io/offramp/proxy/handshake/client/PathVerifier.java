package io.offramp.proxy.handshake.client;

import io.offramp.proxy.handshake.certificate.Strength;
import io.offramp.proxy.tls.ClientIdentity;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the path of a peer's certificate (RFC 5280 §6) and that it is for its purpose. Takes a millisecond or more,
 * so it must not run on an event loop. Only CertificateVerify shows whether the peer has the key.
 */
final class PathVerifier {
    private static final String NAME_CONSTRAINTS = "2.5.29.30";
    private static final String ANY_USAGE = "2.5.29.37.0";
    private static final int DIGITAL_SIGNATURE = 0;

    private final Trust trust;
    private final Purpose purpose;
    private final Instant now;

    PathVerifier(Trust trust, Purpose purpose, Instant now) {
        this.trust = trust;
        this.purpose = purpose;
        this.now = now;
    }

    /**
     * A verified path.
     *
     * @param certificates the peer's own first, without the trusted one at its end
     * @param notAfter earliest expiry, of the end too
     */
    record Verified(List<X509Certificate> certificates, Instant notAfter) {}

    /** @param sent by the peer, its own first; at least one */
    Verified verify(List<X509Certificate> sent) throws CertificateRefusal {
        CertificatePath path = CertificatePath.find(sent, trust, now);
        try {
            Instant notAfter = checkDates(path);
            checkStrength(path);
            checkRules(path);
            checkUsage(path.certificates());
            checkRevocation(path.certificates());
            return new Verified(path.certificates(), notAfter);
        } catch (GeneralSecurityException e) {
            throw refusal(CertificateFault.BAD, AlertDescription.bad_certificate, path.subject(), e.getMessage());
        }
    }

    /**
     * Verifies again a path that was verified when a session began. Verifies one signature, to find the trusted
     * certificate that the path ends in now; the rest was verified then, under demands that still hold.
     *
     * @throws CertificateRefusal if one in the path or at its end has expired or been revoked
     */
    Verified recall(List<X509Certificate> certificates) throws GeneralSecurityException, CertificateRefusal {
        X509Certificate end = CertificatePath.end(certificates.getLast(), trust, now);
        if (end == null) {
            throw refusal(
                    CertificateFault.UNTRUSTED, AlertDescription.unknown_ca, certificates.getLast(), "not trusted");
        }
        CertificatePath found = new CertificatePath(certificates, end);
        Instant notAfter = checkDates(found);
        checkStrength(found);
        checkRevocation(certificates);
        return new Verified(certificates, notAfter);
    }

    /** Returns when the first of the path expires. Its end counts too, which the JDK does not check. */
    private Instant checkDates(CertificatePath path) throws CertificateRefusal {
        Instant earliest = checkDate(path.end());
        for (X509Certificate certificate : path.certificates()) {
            Instant notAfter = checkDate(certificate);
            earliest = notAfter.isBefore(earliest) ? notAfter : earliest;
        }
        return earliest;
    }

    private Instant checkDate(X509Certificate certificate) throws CertificateRefusal {
        Instant begin = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        if (now.isBefore(begin) || now.isAfter(end)) {
            throw refusal(
                    CertificateFault.EXPIRED,
                    AlertDescription.certificate_expired,
                    certificate,
                    now.isAfter(end) ? "expired on " + end : "not valid before " + begin);
        }
        return end;
    }

    /**
     * RFC 8446 §4.4.2.4: bad_certificate for signatures over MD5 or SHA-1; here also for short keys. At the end of the
     * path only the key counts: it is trusted regardless of its signer.
     */
    private static void checkStrength(CertificatePath path) throws CertificateRefusal {
        for (X509Certificate certificate : path.certificates()) {
            String weakness = Strength.weaknessOf(certificate);
            if (weakness != null) {
                throw refusal(CertificateFault.BAD, AlertDescription.bad_certificate, certificate, weakness);
            }
        }
        String weakness = Strength.weaknessOf(path.end().getPublicKey());
        if (weakness != null) {
            throw refusal(CertificateFault.BAD, AlertDescription.bad_certificate, path.end(), weakness);
        }
    }

    /** Signatures and algorithms, basic, name and policy constraints, critical extensions. */
    private void checkRules(CertificatePath path) throws GeneralSecurityException, CertificateRefusal {
        PKIXParameters parameters = new PKIXParameters(Set.of(anchor(path.end())));
        parameters.setRevocationEnabled(
                false); // checked here: the JDK does not tell a missing list from a revoked certificate
        parameters.setDate(Date.from(now));
        try {
            CertPathValidator.getInstance("PKIX")
                    .validate(
                            CertificateFactory.getInstance("X.509").generateCertPath(path.certificates()), parameters);
        } catch (CertPathValidatorException e) {
            X509Certificate culprit = e.getIndex() < 0
                    ? path.certificates().getFirst()
                    : path.certificates().get(e.getIndex());
            throw ofReason(e.getReason(), culprit, e.getMessage());
        }
    }

    private static TrustAnchor anchor(X509Certificate end) throws InvalidAlgorithmParameterException {
        byte[] constraints = end.getExtensionValue(NAME_CONSTRAINTS);
        try {
            return new TrustAnchor(
                    end,
                    constraints == null
                            ? null
                            : ASN1OctetString.getInstance(constraints).getOctets());
        } catch (IllegalArgumentException e) {
            throw new InvalidAlgorithmParameterException("name constraints do not parse", e);
        }
    }

    private static CertificateRefusal ofReason(
            CertPathValidatorException.Reason reason, X509Certificate culprit, @Nullable String message) {
        return switch (reason) {
            case BasicReason.EXPIRED, BasicReason.NOT_YET_VALID ->
                refusal(CertificateFault.EXPIRED, AlertDescription.certificate_expired, culprit, message);
            case PKIXReason.INVALID_KEY_USAGE, PKIXReason.UNRECOGNIZED_CRIT_EXT ->
                refusal(CertificateFault.USAGE, AlertDescription.unsupported_certificate, culprit, message);
            case PKIXReason.NO_TRUST_ANCHOR, PKIXReason.PATH_TOO_LONG, PKIXReason.NOT_CA_CERT ->
                refusal(CertificateFault.UNTRUSTED, AlertDescription.unknown_ca, culprit, message);
            default -> refusal(CertificateFault.BAD, AlertDescription.bad_certificate, culprit, message);
        };
    }

    /** RFC 5280 §4.2.1.12: all purposes where none is named; a CA with purposes grants no others. */
    private void checkUsage(List<X509Certificate> path) throws GeneralSecurityException, CertificateRefusal {
        for (X509Certificate certificate : path) {
            List<String> purposes = extendedKeyUsage(certificate);
            if (purposes != null && !purposes.contains(purpose.usage()) && !purposes.contains(ANY_USAGE)) {
                throw refusal(
                        CertificateFault.USAGE,
                        AlertDescription.unsupported_certificate,
                        certificate,
                        purpose.refusal());
            }
        }
        boolean[] usage = path.getFirst().getKeyUsage();
        if (usage != null && !usage[DIGITAL_SIGNATURE]) {
            throw refusal(
                    CertificateFault.USAGE,
                    AlertDescription.unsupported_certificate,
                    path.getFirst(),
                    "may not sign (keyUsage without digitalSignature)");
        }
    }

    private static @Nullable List<String> extendedKeyUsage(X509Certificate certificate) throws CertificateException {
        return certificate.getExtendedKeyUsage();
    }

    private void checkRevocation(List<X509Certificate> path) throws CertificateRefusal {
        RevocationLists lists = trust.lists();
        if (lists != null) {
            for (X509Certificate certificate : path) {
                lists.check(certificate, now);
            }
        }
    }

    private static CertificateRefusal refusal(
            CertificateFault fault, short alert, X509Certificate culprit, @Nullable String why) {
        return new CertificateRefusal(fault, alert, ClientIdentity.subject(culprit) + ": " + why);
    }
}
