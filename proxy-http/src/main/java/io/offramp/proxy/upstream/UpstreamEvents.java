package io.offramp.proxy.upstream;

/** Counts events of one upstream. Called on event loops: never blocks. */
public interface UpstreamEvents {
    /** Counts nothing. */
    UpstreamEvents NONE = new UpstreamEvents() {};

    /** @param durationNs from the start of the connect */
    default void onConnected(long durationNs) {}

    /** A connect was refused, failed or timed out. */
    default void onConnectFailed() {}

    /** A request was sent again because its pooled connection had gone stale, or the server did not accept. */
    default void onRetried() {}

    /** A request found an idle connection. */
    default void onPoolHit() {}
}
