package io.offramp.proxy.handshake.client;

import io.offramp.proxy.handshake.crypto.HandshakeCrypto;
import io.offramp.proxy.handshake.crypto.SigningScheme;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateType;
import org.bouncycastle.tls.DigitallySigned;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.Tls13Verifier;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsStreamVerifier;
import org.bouncycastle.tls.crypto.TlsVerifier;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCertificate;

/**
 * A certificate that the peer has sent. Parsed by the JDK, whose parser does not recurse into its input, and verified
 * by the JDK too: Bouncy Castle's verifier does not find RSA-PSS on it, and does not tie ECDSA schemes to curves.
 */
public final class PeerCertificate extends JcaTlsCertificate {
    private static final int DER_SEQUENCE = 0x30;

    private PeerCertificate(X509Certificate certificate) {
        super(HandshakeCrypto.shared(), certificate);
    }

    public static PeerCertificate parse(short type, byte[] der) throws TlsFatalAlert {
        if (type != CertificateType.X509) {
            throw new TlsFatalAlert(AlertDescription.unsupported_certificate);
        }
        try {
            ByteArrayInputStream in = new ByteArrayInputStream(der);
            boolean isDer = der.length > 0 && der[0] == DER_SEQUENCE; // the factory would take PEM as well
            X509Certificate certificate = isDer
                    ? (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in)
                    : null;
            if (certificate != null && in.available() == 0) {
                return new PeerCertificate(certificate);
            }
        } catch (CertificateException | RuntimeException e) { // the factory throws unchecked on some malformed input
            throw bad("certificate does not parse");
        }
        throw bad("certificate is not DER");
    }

    /** The certificates of a message, the peer's own first. */
    static List<X509Certificate> allOf(Certificate message) {
        List<X509Certificate> all = new ArrayList<>();
        for (TlsCertificate certificate : message.getCertificateList()) {
            all.add(((PeerCertificate) certificate).certificate());
        }
        return all;
    }

    X509Certificate certificate() {
        return certificate;
    }

    /** TLS 1.3. */
    @Override
    public Tls13Verifier createVerifier(int signatureScheme) throws IOException {
        Check check = new Check(signatureScheme, true);
        return new Tls13Verifier() {
            @Override
            public OutputStream getOutputStream() {
                return check.message;
            }

            @Override
            public boolean verifySignature(byte[] signature) throws IOException {
                return check.verify(signature);
            }
        };
    }

    /** TLS 1.2. */
    @Override
    public TlsVerifier createVerifier(short signatureAlgorithm) {
        return new TlsVerifier() {
            @Override
            public TlsStreamVerifier getStreamVerifier(DigitallySigned signed) throws IOException {
                Check check = new Check(SignatureScheme.from(signed.getAlgorithm()), false);
                return new TlsStreamVerifier() {
                    @Override
                    public OutputStream getOutputStream() {
                        return check.message;
                    }

                    @Override
                    public boolean isVerified() throws IOException {
                        return check.verify(signed.getSignature());
                    }
                };
            }

            @Override
            public boolean verifyRawSignature(DigitallySigned signed, byte[] hash) throws IOException {
                throw new TlsFatalAlert(
                        AlertDescription.internal_error, "signatures are verified over messages, not hashes");
            }
        };
    }

    private static CertificateRefusal bad(String detail) {
        return new CertificateRefusal(CertificateFault.BAD, AlertDescription.bad_certificate, detail);
    }

    /** CertificateVerify (RFC 8446 §4.4.3, RFC 5246 §7.4.8). */
    private final class Check {
        private final ByteArrayOutputStream message = new ByteArrayOutputStream(512);
        private final SigningScheme scheme;

        Check(int code, boolean tls13) throws TlsFatalAlert {
            SigningScheme found = SigningScheme.verifiable(code);
            if (found == null || !found.fits(certificate.getPublicKey(), tls13)) {
                throw new TlsFatalAlert(
                        AlertDescription.illegal_parameter,
                        "signature scheme 0x%04x for the peer's %s key"
                                .formatted(code, certificate.getPublicKey().getAlgorithm()));
            }
            scheme = found;
        }

        boolean verify(byte[] signature) {
            try {
                Signature verifier = Signature.getInstance(scheme.algorithm());
                if (scheme.parameters() != null) {
                    verifier.setParameter(scheme.parameters());
                }
                verifier.initVerify(certificate.getPublicKey());
                verifier.update(message.toByteArray());
                return verifier.verify(signature);
            } catch (GeneralSecurityException e) { // a malformed signature
                return false;
            }
        }
    }
}
