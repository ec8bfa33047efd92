package io.offramp.proxy.upstream.pool;

import io.offramp.proxy.upstream.failure.FailureReason;
import java.net.ConnectException;

/** A server has as many connections as it may have, and none came free in time. The server is not at fault. */
public final class ServerBusyException extends ConnectException {
    ServerBusyException(int connections) {
        super("all " + connections + " connections are busy");
    }

    /** The reason of a lease that failed. */
    public static FailureReason reason(Throwable cause) {
        return cause instanceof ServerBusyException ? FailureReason.BUSY : FailureReason.ofConnect(cause);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
