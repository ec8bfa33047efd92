package io.offramp.proxy.net.proxyprotocol;

/** A version of the protocol, for headers that we write. */
public enum ProxyVersion {
    /** A line of text: addresses and ports. */
    V1,
    /** Binary: those, and what is known of the client's TLS. */
    V2
}
