package io.offramp.proxy.tls;

import java.io.IOException;
import java.io.Serial;

/** The server has ended a session with a fatal alert; fired to the handlers behind the session. */
public final class PeerAlertException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** @param message such as {@code sent alert certificate_required} */
    public PeerAlertException(String message) {
        super(message);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
