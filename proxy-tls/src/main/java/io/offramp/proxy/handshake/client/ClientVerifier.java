package io.offramp.proxy.handshake.client;

import io.offramp.proxy.handshake.certificate.Strength;
import io.offramp.proxy.tls.ClientIdentity;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.io.IOException;
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
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateType;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the path of a client's certificate (RFC 5280 §6) and that it is for clients. Takes a millisecond or more, so
 * it must not run on an event loop. Only CertificateVerify shows whether the client has the key.
 */
public final class ClientVerifier {
    private static final String NAME_CONSTRAINTS = "2.5.29.30";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_USAGE = "2.5.29.37.0";
    private static final int DIGITAL_SIGNATURE = 0;

    private final ClientTrust trust;
    private final Instant now;

    public ClientVerifier(ClientTrust trust, Instant now) {
        this.trust = trust;
        this.now = now;
    }

    /**
     * Who the client is, if it has the key; null if it has no certificate and needs none.
     *
     * @param message as the client sent it
     */
    public @Nullable ClientIdentity identify(Certificate message, boolean tls13) throws IOException {
        if (!message.isEmpty()) {
            List<X509Certificate> sent = new ArrayList<>();
            for (TlsCertificate certificate : message.getCertificateList()) {
                sent.add(((ClientCertificate) certificate).certificate());
            }
            return verify(sent);
        }
        if (trust.isRequired()) { // RFC 8446 §4.4.2.4, RFC 5246 §7.4.6
            throw new ClientRefusal(
                    Reason.CLIENT_CERTIFICATE_MISSING,
                    tls13 ? AlertDescription.certificate_required : AlertDescription.handshake_failure,
                    "no client certificate");
        }
        return null;
    }

    /**
     * Who the client is, if it has the key.
     *
     * @param sent by the client, its own first; at least one
     */
    ClientIdentity verify(List<X509Certificate> sent) throws ClientRefusal {
        CertificatePath path = CertificatePath.find(sent, trust, now);
        try {
            Instant notAfter = checkDates(path);
            checkStrength(path);
            checkRules(path);
            checkUsage(path.certificates());
            checkRevocation(path.certificates());
            return ClientIdentity.of(path.certificates(), notAfter);
        } catch (GeneralSecurityException e) {
            throw refusal(
                    Reason.CLIENT_CERTIFICATE_BAD, AlertDescription.bad_certificate, path.subject(), e.getMessage());
        }
    }

    /**
     * Who a client was when its session began, if it would still be accepted. Verifies one signature, to find the
     * trusted certificate that the path ends in now; the ticket proves that the rest was verified then, under demands
     * that still hold.
     *
     * @param path as in {@link ClientIdentity}; at least one
     * @return null if the client has to send its certificate again: one in the path or at its end has expired or been
     *     revoked
     */
    public @Nullable ClientIdentity recall(List<byte[]> path) {
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            for (byte[] der : path) {
                certificates.add(
                        ClientCertificate.parse(CertificateType.X509, der).certificate());
            }
            X509Certificate end = CertificatePath.end(certificates.getLast(), trust, now);
            if (end == null) {
                return null;
            }
            CertificatePath found = new CertificatePath(certificates, end);
            Instant notAfter = checkDates(found);
            checkStrength(found);
            checkRevocation(certificates);
            return ClientIdentity.of(certificates, notAfter);
        } catch (GeneralSecurityException | TlsFatalAlert e) {
            return null;
        }
    }

    /** Returns when the first of the path expires. Its end counts too, which the JDK does not check. */
    private Instant checkDates(CertificatePath path) throws ClientRefusal {
        Instant earliest = checkDate(path.end());
        for (X509Certificate certificate : path.certificates()) {
            Instant notAfter = checkDate(certificate);
            earliest = notAfter.isBefore(earliest) ? notAfter : earliest;
        }
        return earliest;
    }

    private Instant checkDate(X509Certificate certificate) throws ClientRefusal {
        Instant begin = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        if (now.isBefore(begin) || now.isAfter(end)) {
            throw refusal(
                    Reason.CLIENT_CERTIFICATE_EXPIRED,
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
    private static void checkStrength(CertificatePath path) throws ClientRefusal {
        for (X509Certificate certificate : path.certificates()) {
            String weakness = Strength.weaknessOf(certificate);
            if (weakness != null) {
                throw refusal(Reason.CLIENT_CERTIFICATE_BAD, AlertDescription.bad_certificate, certificate, weakness);
            }
        }
        String weakness = Strength.weaknessOf(path.end().getPublicKey());
        if (weakness != null) {
            throw refusal(Reason.CLIENT_CERTIFICATE_BAD, AlertDescription.bad_certificate, path.end(), weakness);
        }
    }

    /** Signatures and algorithms, basic, name and policy constraints, critical extensions. */
    private void checkRules(CertificatePath path) throws GeneralSecurityException, ClientRefusal {
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

    private static ClientRefusal ofReason(
            CertPathValidatorException.Reason reason, X509Certificate culprit, @Nullable String message) {
        return switch (reason) {
            case BasicReason.EXPIRED, BasicReason.NOT_YET_VALID ->
                refusal(Reason.CLIENT_CERTIFICATE_EXPIRED, AlertDescription.certificate_expired, culprit, message);
            case PKIXReason.INVALID_KEY_USAGE, PKIXReason.UNRECOGNIZED_CRIT_EXT ->
                refusal(Reason.CLIENT_CERTIFICATE_USAGE, AlertDescription.unsupported_certificate, culprit, message);
            case PKIXReason.NO_TRUST_ANCHOR, PKIXReason.PATH_TOO_LONG, PKIXReason.NOT_CA_CERT ->
                refusal(Reason.CLIENT_CERTIFICATE_UNTRUSTED, AlertDescription.unknown_ca, culprit, message);
            default -> refusal(Reason.CLIENT_CERTIFICATE_BAD, AlertDescription.bad_certificate, culprit, message);
        };
    }

    /** RFC 5280 §4.2.1.12: all purposes where none is named; a CA with purposes grants no others. */
    private static void checkUsage(List<X509Certificate> path) throws GeneralSecurityException, ClientRefusal {
        for (X509Certificate certificate : path) {
            List<String> purposes = extendedKeyUsage(certificate);
            if (purposes != null && !purposes.contains(CLIENT_AUTH) && !purposes.contains(ANY_USAGE)) {
                throw refusal(
                        Reason.CLIENT_CERTIFICATE_USAGE,
                        AlertDescription.unsupported_certificate,
                        certificate,
                        "not for clients (extendedKeyUsage without clientAuth)");
            }
        }
        boolean[] usage = path.getFirst().getKeyUsage();
        if (usage != null && !usage[DIGITAL_SIGNATURE]) {
            throw refusal(
                    Reason.CLIENT_CERTIFICATE_USAGE,
                    AlertDescription.unsupported_certificate,
                    path.getFirst(),
                    "may not sign (keyUsage without digitalSignature)");
        }
    }

    private static @Nullable List<String> extendedKeyUsage(X509Certificate certificate) throws CertificateException {
        return certificate.getExtendedKeyUsage();
    }

    private void checkRevocation(List<X509Certificate> path) throws ClientRefusal {
        RevocationLists lists = trust.lists();
        if (lists != null) {
            for (X509Certificate certificate : path) {
                lists.check(certificate, now);
            }
        }
    }

    private static ClientRefusal refusal(Reason reason, short alert, X509Certificate culprit, @Nullable String why) {
        return new ClientRefusal(reason, alert, ClientIdentity.subject(culprit) + ": " + why);
    }
}
