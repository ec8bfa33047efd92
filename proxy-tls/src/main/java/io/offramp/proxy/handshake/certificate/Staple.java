package io.offramp.proxy.handshake.certificate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * An OCSP response (RFC 6960) that is sent with a certificate, so that clients need not ask. Clients verify its
 * signature. Immutable.
 */
final class Staple {
    private static final int MAX_FILE_BYTES = 64 << 10;
    private static final int DER_SEQUENCE = 0x30;

    private final byte[] encoded;
    private final Instant nextUpdate;

    private Staple(byte[] encoded, Instant nextUpdate) {
        this.encoded = encoded;
        this.nextUpdate = nextUpdate;
    }

    /**
     * Reads a file and checks that it calls the leaf good. An expired one is read too: see {@link #isFresh}. Blocks.
     *
     * @param file DER, PEM or bare base64
     * @param chain leaf first; the issuer is compared if present
     * @throws BadCertificateException if it does not; the message names the file
     */
    static Staple load(Path file, List<X509Certificate> chain, Instant now) throws BadCertificateException {
        byte[] encoded = der(PemLoader.bytes(file, MAX_FILE_BYTES));
        try {
            OCSPResp response = new OCSPResp(encoded);
            if (response.getStatus() != OCSPResp.SUCCESSFUL
                    || !(response.getResponseObject() instanceof BasicOCSPResp basic)) {
                throw bad(file, "is not successful (status " + response.getStatus() + ")");
            }
            SingleResp single = responseFor(chain, basic, file);
            if (single.getCertStatus() != CertificateStatus.GOOD) {
                throw bad(file, "does not call the certificate good: it is revoked or unknown");
            }
            if (now.isBefore(single.getThisUpdate().toInstant())) {
                throw bad(file, "is not valid before " + single.getThisUpdate().toInstant());
            }
            Instant nextUpdate = single.getNextUpdate() == null
                    ? Instant.MAX
                    : single.getNextUpdate().toInstant();
            return new Staple(encoded, nextUpdate);
        } catch (IOException
                | OCSPException
                | RuntimeException e) { // the parser throws unchecked on some malformed input
            throw new BadCertificateException("OCSP response does not parse: " + file + ": " + e.getMessage(), e);
        }
    }

    /** DER. */
    OCSPResponse response() {
        return OCSPResponse.getInstance(encoded);
    }

    /** When it expires; in the far future if it does not say. */
    Instant nextUpdate() {
        return nextUpdate;
    }

    /** An expired one is worse than none: clients refuse it. */
    boolean isFresh(Instant now) {
        return now.isBefore(nextUpdate);
    }

    private static SingleResp responseFor(List<X509Certificate> chain, BasicOCSPResp response, Path file)
            throws BadCertificateException, OCSPException {
        X509Certificate leaf = chain.getFirst();
        for (SingleResp single : response.getResponses()) {
            if (single.getCertID().getSerialNumber().equals(leaf.getSerialNumber())
                    && (chain.size() == 1 || isIssuer(chain.get(1), single))) {
                return single;
            }
        }
        throw bad(
                file,
                "is for another certificate than that of "
                        + leaf.getSubjectX500Principal().getName() + ", serial "
                        + leaf.getSerialNumber().toString(16));
    }

    private static boolean isIssuer(X509Certificate issuer, SingleResp single) throws OCSPException {
        try {
            return single.getCertID()
                    .matchesIssuer(
                            new JcaX509CertificateHolder(issuer), new JcaDigestCalculatorProviderBuilder().build());
        } catch (CertificateEncodingException | OperatorCreationException e) {
            throw new OCSPException(e.getMessage(), e);
        }
    }

    private static byte[] der(byte[] content) {
        if (content.length > 0 && content[0] == DER_SEQUENCE) {
            return content;
        }
        String base64 = new String(content, StandardCharsets.US_ASCII).replaceAll("-----[^-]*-----", "");
        return Base64.getMimeDecoder().decode(base64);
    }

    private static BadCertificateException bad(Path file, String what) {
        return new BadCertificateException("OCSP response " + what + ": " + file);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Staple staple && Arrays.equals(encoded, staple.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }
}
