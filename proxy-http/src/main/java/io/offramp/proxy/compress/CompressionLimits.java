package io.offramp.proxy.compress;

/**
 * Bounds of compression on each event loop. Behind them, new answers go out as they are.
 *
 * @param cpuPercent most share of the loop's time
 * @param atOnce most answers under way: each takes memory, up to 2 MiB with zstd and 300 KiB with gzip
 */
public record CompressionLimits(int cpuPercent, int atOnce) {
    /** Of a configuration that says nothing. */
    public static final CompressionLimits DEFAULTS = new CompressionLimits(50, 128);
}
