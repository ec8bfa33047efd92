package io.offramp.proxy.compress;

import io.offramp.proxy.budget.MemoryBudget;

/**
 * Bounds of compression, over all routes. Behind them, new answers go out as they are.
 *
 * @param cpuPercent most share of each event loop's time
 * @param memoryBytes most native memory of all compressors; 0 for a quarter of the direct memory
 */
public record CompressionLimits(int cpuPercent, long memoryBytes) {
    /** Of a configuration that says nothing. */
    public static final CompressionLimits DEFAULTS = new CompressionLimits(50, 0);

    long memoryBytes(MemoryBudget budget) {
        return memoryBytes > 0 ? memoryBytes : budget.directBytes() / 4;
    }
}
