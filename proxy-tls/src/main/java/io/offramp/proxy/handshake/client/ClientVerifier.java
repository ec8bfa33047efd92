package io.offramp.proxy.handshake.client;

import io.offramp.proxy.tls.ClientIdentity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateType;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the path of a client's certificate, and that it is for clients. Takes a millisecond or more, so it must not
 * run on an event loop. Only CertificateVerify shows whether the client has the key.
 */
public final class ClientVerifier {
    private final ClientTrust trust;
    private final PathVerifier paths;

    public ClientVerifier(ClientTrust trust, Instant now) {
        this.trust = trust;
        this.paths = new PathVerifier(trust.path(), Purpose.CLIENT, now);
    }

    /**
     * Who the client is, if it has the key; null if it has no certificate and needs none.
     *
     * @param message as the client sent it
     */
    public @Nullable ClientIdentity identify(Certificate message, boolean tls13) throws IOException {
        if (!message.isEmpty()) {
            return verify(PeerCertificate.allOf(message));
        }
        if (trust.isRequired()) { // RFC 8446 §4.4.2.4, RFC 5246 §7.4.6
            throw new CertificateRefusal(
                    CertificateFault.MISSING,
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
    ClientIdentity verify(List<X509Certificate> sent) throws CertificateRefusal {
        PathVerifier.Verified verified = paths.verify(sent);
        try {
            return ClientIdentity.of(verified.certificates(), verified.notAfter());
        } catch (GeneralSecurityException e) {
            throw new CertificateRefusal(
                    CertificateFault.BAD, AlertDescription.bad_certificate, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Who a client was when its session began, if it would still be accepted. Verifies one signature; the ticket proves
     * that the rest was verified then, under demands that still hold.
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
                        PeerCertificate.parse(CertificateType.X509, der).certificate());
            }
            PathVerifier.Verified verified = paths.recall(certificates);
            return ClientIdentity.of(verified.certificates(), verified.notAfter());
        } catch (GeneralSecurityException | TlsFatalAlert e) {
            return null;
        }
    }
}
