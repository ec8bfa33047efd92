package io.offramp.proxy.handshake.engine;

/** User events that end handshakes which nobody would miss. Fired on the channel's event loop; others ignore them. */
public enum HandshakeEvent {
    /** Room is needed: the client is cut off, unless a worker has its handshake in hand. */
    DISPLACE,
    /** The proxy is going away: a client that has not sent a byte is cut off. */
    DRAIN
}
