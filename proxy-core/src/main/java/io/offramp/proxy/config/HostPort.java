package io.offramp.proxy.config;

import java.net.InetSocketAddress;

/**
 * A host and a port as written: {@code 127.0.0.1:8080}, {@code [::1]:8080}, {@code app.internal:80}; {@code :8443} binds all addresses.
 *
 * @param host name or address, without brackets; {@code 0.0.0.0} where left out
 * @param port 0 to 65,535; 0 only to bind
 */
public record HostPort(String host, int port) {
    /** Not looked up yet where the host is a name. */
    public InetSocketAddress unresolved() {
        return InetSocketAddress.createUnresolved(host, port);
    }

    /** Looked up now; blocks, so never on an event loop. */
    public InetSocketAddress resolve() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
