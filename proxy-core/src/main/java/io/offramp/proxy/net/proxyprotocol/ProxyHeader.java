package io.offramp.proxy.net.proxyprotocol;

import java.net.InetSocketAddress;

/** What the header of a connection says. */
public sealed interface ProxyHeader {
    /** The sender speaks for itself, or for a client that has no address of TCP: the socket's addresses count. */
    record Local() implements ProxyHeader {}

    /**
     * The sender speaks for a client.
     *
     * @param source the client's address
     * @param destination the address that it connected to
     */
    record Proxied(InetSocketAddress source, InetSocketAddress destination) implements ProxyHeader {}
}
