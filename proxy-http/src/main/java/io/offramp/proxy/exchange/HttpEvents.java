package io.offramp.proxy.exchange;

/** Counts events of one listener's HTTP front. Called on event loops: never blocks. */
@FunctionalInterface
public interface HttpEvents {
    /** Reason of {@link #onConnectionFault} where a rule of the protocol was broken. */
    String PROTOCOL_FAULT = "protocol";

    /** @param status that the client got, 200 to 599; 499 if it went away before one was sent */
    void onRequest(int status);

    /** @param durationNs of a request and its answer, from the first byte to the last */
    default void onDuration(long durationNs) {}

    /** A rule has failed by a fault of ours. */
    default void onRuleFailed() {}

    /**
     * A connection of HTTP/2 was ended for a fault of its client.
     *
     * @param reason {@link #PROTOCOL_FAULT}, or the event that came too often, such as {@code ping}
     */
    default void onConnectionFault(String reason) {}
}
