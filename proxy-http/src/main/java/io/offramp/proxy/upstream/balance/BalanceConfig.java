package io.offramp.proxy.upstream.balance;

import java.time.Duration;

/**
 * How an upstream shares its requests.
 *
 * @param policy for servers of one priority
 * @param slowStart in which the weight of a server that has come back grows from a tenth to all of it; zero for none
 * @param panicPercent with fewer servers than this share being well, their health is ignored: too few would not stand
 *     the load of all. 0 for never
 */
public record BalanceConfig(Policy policy, Duration slowStart, int panicPercent) {
    /** Least requests of two, no slow start, no panic. */
    public static final BalanceConfig DEFAULTS = new BalanceConfig(new Policy.LeastRequest(), Duration.ZERO, 0);
}
