package io.offramp.proxy.tls;

/**
 * Which end of a connection is ours. The handshake speaks of client and server; whatever follows from it speaks of
 * <em>local</em>, which is our end, and <em>peer</em>. This is the one place where the two meet.
 */
public enum Role {
    /** The peer is a server. */
    CLIENT,
    /** The peer is a client. */
    SERVER;

    /** What is ours of a pair. */
    public <T> T local(T client, T server) {
        return this == CLIENT ? client : server;
    }

    /** What is the peer's of a pair. */
    public <T> T peer(T client, T server) {
        return this == CLIENT ? server : client;
    }
}
