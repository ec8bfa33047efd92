package io.offramp.proxy.metrics;

/**
 * Prometheus' base units for a backend's counters, whose names have the units of ethtool and of the kernel.
 *
 * @param name with the base unit
 * @param divisor of the values
 */
record BaseUnit(String name, double divisor) {
    private static final String NANOSECONDS = "_ns";
    private static final String BITS = "_bits_";

    /** The name and divisor of a counter. */
    static BaseUnit of(String counter) {
        if (counter.endsWith(NANOSECONDS)) {
            return new BaseUnit(counter.substring(0, counter.length() - NANOSECONDS.length()) + "_seconds", 1e9);
        }
        return counter.contains(BITS) ? new BaseUnit(counter.replace(BITS, "_bytes_"), 8) : new BaseUnit(counter, 1);
    }
}
