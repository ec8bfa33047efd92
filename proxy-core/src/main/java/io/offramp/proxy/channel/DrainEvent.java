package io.offramp.proxy.channel;

/**
 * User event for a client's channel when the proxy begins to stop: fired inbound, on the channel's event loop or
 * elsewhere. An idle connection closes at once; a busy one says {@code Connection: close} with its current answer and
 * closes behind it. Tunnels and TCP connections go on until {@link #OVER}.
 */
public enum DrainEvent {
    /** The event. */
    INSTANCE,
    /**
     * The same for a connection that has just completed its handshake: it gets one answer if its request comes within
     * the time for a head.
     */
    NEW_CONNECTION,
    /** The time is over: a last word, then the channel is closed. */
    OVER
}
