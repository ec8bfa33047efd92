package io.offramp.proxy.upstream.pool;

import io.offramp.proxy.upstream.RequestQueue;
import io.offramp.proxy.upstream.failure.FailureReason;
import java.net.ConnectException;

/** A server has as many connections as it may have, and none came free in time. The server is not at fault. */
public final class ServerBusyException extends ConnectException {
    ServerBusyException(int connections, RequestQueue.Refused why) {
        super(
                switch (why) {
                    case FULL -> "all " + connections + " connections are busy, and the queue is full";
                    case LATE -> "all " + connections + " connections are busy, and none came free in time";
                });
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
