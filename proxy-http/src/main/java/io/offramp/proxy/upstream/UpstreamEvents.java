package io.offramp.proxy.upstream;

import io.offramp.proxy.upstream.failure.FailureReason;
import io.offramp.proxy.upstream.health.CheckResult;
import io.offramp.proxy.upstream.health.ServerState;

/** Counts events of one upstream. Called on event loops: never blocks. */
public interface UpstreamEvents {
    /** Counts nothing. */
    UpstreamEvents NONE = new UpstreamEvents() {};

    /** @param durationNs from the start of the connect */
    default void onConnected(long durationNs) {}

    /**
     * A server has answered.
     *
     * @param status of its answer
     * @param durationNs from the head of the request to that of the answer
     */
    default void onAnswer(int status, long durationNs) {}

    /** A connect was refused, failed or timed out. */
    default void onConnectFailed() {}

    /** A request was sent again because its pooled connection had gone stale, or the server did not accept. */
    default void onRetried() {}

    /** @param change 1 for a connection that has opened, -1 for one that has closed */
    default void onConnections(int change) {}

    /** @param change 1 for a stream of a shared connection that has opened, -1 for one that has closed */
    default void onStreams(int change) {}

    /** A shared connection has ended before its time. */
    default void onEnded(ConnectionEnd why) {}

    /** A request has failed at this upstream, or a connection in tcp mode. */
    default void onFailed(FailureReason reason) {}

    /** A server has another state now. */
    default void onServerChanged(ServerState now) {}

    /** A check of a server is over. */
    default void onChecked(CheckResult result) {}

    /** @param change 1 for a request that waits in the queue, -1 for one that does so no more */
    default void onQueued(int change) {}

    /** A request got no place in the queue, or no turn in time. */
    default void onQueueRefused(RequestQueue.Refused why) {}

    /** A request found a connection with room. */
    default void onPoolHit() {}
}
