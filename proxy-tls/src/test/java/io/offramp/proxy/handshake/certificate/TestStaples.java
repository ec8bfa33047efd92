package io.offramp.proxy.handshake.certificate;

import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** OCSP responses as a CA makes them. */
public final class TestStaples {
    private TestStaples() {}

    /** Good for a day around {@code at}, in DER. */
    public static byte[] good(X509Certificate leaf, X509Certificate issuer, KeyPair issuerKey, Instant at) {
        return response(leaf, issuer, issuerKey, CertificateStatus.GOOD, at);
    }

    static byte[] response(
            X509Certificate leaf, X509Certificate issuer, KeyPair issuerKey, CertificateStatus status, Instant at) {
        try {
            DigestCalculatorProvider digests = new JcaDigestCalculatorProviderBuilder().build();
            JcaX509CertificateHolder holder = new JcaX509CertificateHolder(issuer);
            BasicOCSPRespBuilder builder = new BasicOCSPRespBuilder(
                    new RespID(new X500Name(issuer.getSubjectX500Principal().getName())));
            builder.addResponse(
                    new CertificateID(digests.get(CertificateID.HASH_SHA1), holder, leaf.getSerialNumber()),
                    status,
                    Date.from(at.minus(Duration.ofHours(12))),
                    Date.from(at.plus(Duration.ofHours(12))));
            String algorithm = issuerKey.getPrivate().getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
            return new OCSPRespBuilder()
                    .build(
                            OCSPRespBuilder.SUCCESSFUL,
                            builder.build(
                                    new JcaContentSignerBuilder(algorithm).build(issuerKey.getPrivate()),
                                    new X509CertificateHolder[0],
                                    Date.from(at)))
                    .getEncoded();
        } catch (IOException | OCSPException | OperatorCreationException | CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] unsuccessful() {
        try {
            return new OCSPRespBuilder().build(OCSPRespBuilder.TRY_LATER, null).getEncoded();
        } catch (IOException | OCSPException e) {
            throw new IllegalStateException(e);
        }
    }
}
