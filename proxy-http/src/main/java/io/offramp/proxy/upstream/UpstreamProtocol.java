package io.offramp.proxy.upstream;

/** What the servers of an upstream speak. Negotiated protocols need TLS towards servers, and are not among them yet. */
public enum UpstreamProtocol {
    /** HTTP/1.1, one request after another on each connection. */
    HTTP1,
    /** HTTP/2 in clear text, with prior knowledge (RFC 9113 §3.3), many requests at once on each connection. */
    H2C
}
