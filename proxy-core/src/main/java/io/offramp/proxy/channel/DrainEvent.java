package io.offramp.proxy.channel;

/**
 * User event that tells a client's channel that the proxy is going away: fired inbound, on the channel's event loop or
 * elsewhere. An idle connection closes at once; a busy one says {@code Connection: close} with its current answer and
 * closes behind it. Tunnels and TCP connections go on: the drain's limit ends them.
 */
public enum DrainEvent {
    /** The event. */
    INSTANCE,
    /**
     * The same for a connection that has just ended its handshake: it gets one answer if it asks within a head's time.
     */
    NEW_CONNECTION
}
