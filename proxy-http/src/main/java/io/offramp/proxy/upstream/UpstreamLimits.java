package io.offramp.proxy.upstream;

/**
 * Bounds of one upstream, over all event loops.
 *
 * @param requests most under way at each server, roughly; in tcp mode, connections; 0 for no limit
 * @param retryPercent further attempts of requests, as a share of the requests of the last ten to twenty seconds
 */
public record UpstreamLimits(int requests, int retryPercent) {
    /** The default. */
    public static final UpstreamLimits DEFAULTS = new UpstreamLimits(0, 20);
}
