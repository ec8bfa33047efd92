package io.offramp.proxy.route;

import io.offramp.proxy.compress.CompressionConfig;
import io.offramp.proxy.guard.GuardConfig;
import io.offramp.proxy.rate.RateLimit;
import java.util.List;

/**
 * Settings of a route's rules that need more than the route: files, other servers, what is remembered of clients.
 *
 * @param guard who may make requests
 * @param rates how many
 * @param compression of answers
 */
public record Protection(GuardConfig guard, List<RateLimit> rates, CompressionConfig compression) {
    /** Everybody, without a limit, and nothing compressed. */
    public static final Protection NONE = new Protection(GuardConfig.NONE, List.of(), CompressionConfig.OFF);
}
