package io.offramp.proxy.handshake.client;

import io.offramp.proxy.tls.ClientIdentity;
import java.io.Serial;
import org.bouncycastle.tls.TlsFatalAlert;

/** Ends a handshake because of the certificate that the peer has sent, or has not. */
public final class CertificateRefusal extends TlsFatalAlert {
    @Serial
    private static final long serialVersionUID = 1L;

    private final CertificateFault fault;

    /**
     * @param fault to count by
     * @param alert of RFC 8446 §6.2
     * @param detail one clause for the log; anything but printable ASCII is escaped, since the peer may have written it
     */
    CertificateRefusal(CertificateFault fault, short alert, String detail) {
        super(alert, ClientIdentity.printable(detail));
        this.fault = fault;
    }

    public CertificateFault fault() {
        return fault;
    }
}
