package io.offramp.proxy.handshake;

/** User events that end handshakes which nobody would miss. Fired on the channel's event loop; others ignore them. */
public enum HandshakeEvent {
    /** Room is needed: a client whose hello is not here, not all of it, is cut off. */
    DISPLACE,
    /** The proxy is going away: a client that has not sent a byte is cut off. */
    DRAIN
}
