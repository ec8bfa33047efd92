package io.offramp.proxy.tls;

import io.offramp.offload.record.AlertDescription;
import java.io.IOException;
import java.io.Serial;

/** The server has ended a session with a fatal alert; fired to the handlers behind the session. */
public final class PeerAlertException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** @param message such as {@code sent alert internal_error} */
    public PeerAlertException(String message) {
        super(message);
    }

    /** In TLS 1.3 the server's word on our certificate comes as such an alert, behind the handshake. */
    public static PeerAlertException of(int description) {
        String alert = "sent alert " + AlertDescription.nameOf(description);
        if (description == AlertDescription.CERTIFICATE_REQUIRED.code()) {
            return new PeerAlertException("certificate_demanded: " + alert);
        }
        return new PeerAlertException(isOfCertificate(description) ? "certificate_refused: " + alert : alert);
    }

    /** Whether the number says that a certificate, though there was one, is not accepted (RFC 8446 §6.2). */
    public static boolean isOfCertificate(int description) {
        return description >= AlertDescription.BAD_CERTIFICATE.code()
                && description <= AlertDescription.ACCESS_DENIED.code()
                && description != AlertDescription.ILLEGAL_PARAMETER.code();
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
