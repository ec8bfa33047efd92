package io.offramp.proxy.upstream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of one upstream, over all event loops.
 *
 * @param requests most under way at each server, roughly; in tcp mode, connections; 0 for no limit
 * @param retryPercent further attempts of requests, as a share of the requests of the last ten to twenty seconds
 * @param queue of requests; null for the bounds of all upstreams, which let requests wait for connections only
 * @param retry which requests are tried again
 * @param bounds of its exchanges
 * @param connectTimeout until a server has accepted; null for that of all upstreams
 * @param connections most to each server, of one event loop; 0 for the number of all upstreams
 */
public record UpstreamLimits(
        int requests,
        int retryPercent,
        @Nullable QueueConfig queue,
        RetryConfig retry,
        ExchangeBounds bounds,
        @Nullable Duration connectTimeout,
        int connections) {
    /** The default. */
    public static final UpstreamLimits DEFAULTS = new UpstreamLimits(0, 20);

    /** Without a queue of its own, with further attempts only where the server has not acted. */
    public UpstreamLimits(int requests, int retryPercent) {
        this(requests, retryPercent, null, RetryConfig.DEFAULTS, ExchangeBounds.NONE, null, 0);
    }

    /** The same with this queue. */
    public UpstreamLimits with(@Nullable QueueConfig other) {
        return new UpstreamLimits(requests, retryPercent, other, retry, bounds, connectTimeout, connections);
    }

    /** The same with these further attempts. */
    public UpstreamLimits with(RetryConfig other) {
        return new UpstreamLimits(requests, retryPercent, queue, other, bounds, connectTimeout, connections);
    }

    /** The same with these bounds of exchanges. */
    public UpstreamLimits with(ExchangeBounds other) {
        return new UpstreamLimits(requests, retryPercent, queue, retry, other, connectTimeout, connections);
    }

    /** The same with this time for a connect. */
    public UpstreamLimits with(Duration other) {
        return new UpstreamLimits(requests, retryPercent, queue, retry, bounds, other, connections);
    }

    /** The same with another number of connections to each server. */
    public UpstreamLimits withConnections(int most) {
        return new UpstreamLimits(requests, retryPercent, queue, retry, bounds, connectTimeout, most);
    }
}
