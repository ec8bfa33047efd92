package io.offramp.proxy.upstream.pool;

import java.net.ConnectException;

/** A server has as many connections as it may have, and none came free in time. The server is not at fault. */
public final class ServerBusyException extends ConnectException {
    ServerBusyException(int connections) {
        super("all " + connections + " connections are busy");
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
