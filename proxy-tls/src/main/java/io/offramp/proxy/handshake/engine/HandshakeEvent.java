package io.offramp.proxy.handshake.engine;

/** User events that end the least useful handshakes. Fired on the channel's event loop; other handlers ignore them. */
public enum HandshakeEvent {
    /** Room is needed: the client is cut off, unless a worker is stepping its handshake. */
    DISPLACE,
    /** The proxy is going away: a client that has not sent a byte is cut off. */
    DRAIN
}
