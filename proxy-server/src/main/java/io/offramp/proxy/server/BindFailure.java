package io.offramp.proxy.server;

import io.offramp.proxy.net.HostPort;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;

/** Why an address could not be bound, for the user. */
final class BindFailure {
    /** Below this, Linux asks for a capability unless net.ipv4.ip_unprivileged_port_start says otherwise. */
    private static final int FIRST_FREE_PORT = 1024;

    private static final String DENIED = "Permission denied";

    private BindFailure() {}

    /** {@code cannot listen on 0.0.0.0:8443: Address already in use}. */
    static String text(HostPort address, Throwable cause) {
        return "cannot listen on " + address + ": " + reason(cause, address.port());
    }

    /** {@code Address already in use}, with advice where there is one. */
    static String reason(Throwable cause, int port) {
        if (cause instanceof UnresolvedAddressException) {
            return "the name has no address";
        }
        String reason = errno(cause);
        return reason.contains(DENIED) && port < FIRST_FREE_PORT
                ? reason + ": ports below " + FIRST_FREE_PORT + " need CAP_NET_BIND_SERVICE (in a systemd unit, "
                        + "AmbientCapabilities=CAP_NET_BIND_SERVICE)"
                : reason;
    }

    /** Netty's native transport says {@code bind(..) failed with error(-98): Address already in use}. */
    private static String errno(Throwable cause) {
        String message = cause.getMessage();
        if (message == null) {
            return cause instanceof BindException ? "the address cannot be bound" : cause.toString();
        }
        return message.substring(message.lastIndexOf(": ") < 0 ? 0 : message.lastIndexOf(": ") + 2);
    }
}
