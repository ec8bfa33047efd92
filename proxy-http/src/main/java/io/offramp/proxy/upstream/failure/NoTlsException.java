package io.offramp.proxy.upstream.failure;

import java.net.ConnectException;

/** A server has accepted a connection, but its TLS handshake has failed. */
public final class NoTlsException extends ConnectException {
    private final FailureReason reason;

    /** @param problem in the words of the log */
    public NoTlsException(FailureReason reason, String problem) {
        super(problem);
        this.reason = reason;
    }

    FailureReason reason() {
        return reason;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
