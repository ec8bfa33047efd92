package io.offramp.proxy.handshake.client;

import io.offramp.proxy.tls.ClientIdentity;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.io.Serial;
import org.bouncycastle.tls.TlsFatalAlert;

/** Ends a handshake because of the certificate that the client has sent, or has not. */
public final class ClientRefusal extends TlsFatalAlert {
    @Serial
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /**
     * @param reason to count by
     * @param alert of RFC 8446 §6.2
     * @param detail one clause for the log; anything but printable ASCII is escaped, since a client may have written it
     */
    ClientRefusal(Reason reason, short alert, String detail) {
        super(alert, ClientIdentity.printable(detail));
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
