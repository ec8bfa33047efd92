package io.offramp.proxy.upstream.health;

/**
 * How an upstream finds out about its servers.
 *
 * @param check by questions of our own
 * @param outliers by answers to requests
 */
public record HealthConfig(CheckConfig check, OutlierConfig outliers) {
    /** Neither. A server that does not accept is skipped for three seconds anyway. */
    public static final HealthConfig DEFAULTS = new HealthConfig(CheckConfig.NONE, OutlierConfig.OFF);
}
