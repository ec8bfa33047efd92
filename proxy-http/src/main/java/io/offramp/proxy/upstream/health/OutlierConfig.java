package io.offramp.proxy.upstream.health;

import java.time.Duration;

/**
 * When a server's answers make it rest.
 *
 * @param errors in a row: answers of 500 and above, or none at all; 0 for never
 * @param rest after the first time; each further time in a row takes twice as long
 * @param most of a rest
 * @param sharePercent of an upstream's servers that may rest at once
 */
public record OutlierConfig(int errors, Duration rest, Duration most, int sharePercent) {
    /** Never. */
    public static final OutlierConfig OFF = new OutlierConfig(0, Duration.ofSeconds(30), Duration.ofMinutes(5), 50);

    /** The length of a rest. */
    long restNs(int nth) {
        long first = rest.toNanos();
        return Math.min(most.toNanos(), first << Math.min(nth - 1, Long.numberOfLeadingZeros(first) - 2));
    }
}
