package io.offramp.proxy.upstream;

/** What the servers of an upstream speak. */
public enum UpstreamProtocol {
    /** HTTP/1.1, one request after another on each connection. */
    HTTP1,
    /** HTTP/2 in clear text, with prior knowledge (RFC 9113 §3.3), many requests at once on each connection. */
    H2C,
    /** HTTP/2 over TLS; a server that does not choose it by ALPN is of no use (RFC 9113 §3.2). */
    H2,
    /** HTTP/2 over TLS if the server chooses it by ALPN, else HTTP/1.1. */
    AUTO;

    /** Whether the server's choice by ALPN counts, so that TLS is needed. */
    public boolean isNegotiated() {
        return this == H2 || this == AUTO;
    }
}
