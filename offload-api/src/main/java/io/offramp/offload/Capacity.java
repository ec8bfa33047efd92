package io.offramp.offload;

/**
 * The limits of a backend: figures of a data sheet, or of a model's configuration. A policy uses them to decide if a
 * direction is worth an install. A simulation refuses work by them.
 *
 * @param contexts directions that it holds at once
 * @param recordsPerSecond records that it protects in a second, both directions together
 * @param bitsPerSecond bits of these records on the wire in a second, both directions together
 * @param installsPerSecond installs that it takes in a second
 * @param installLatencyNs from an install until the direction's records are the device's, in ns
 * @param recordLatencyNs time of a record in an idle device, in ns
 */
public record Capacity(
        long contexts,
        long recordsPerSecond,
        long bitsPerSecond,
        long installsPerSecond,
        long installLatencyNs,
        long recordLatencyNs) {
    /** A figure without a limit, except the host's. */
    public static final long NO_LIMIT = Long.MAX_VALUE;

    /** Takes everything at once: the host's software. */
    public static final Capacity UNLIMITED = new Capacity(NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT, 0, 0);

    private static final long BURSTS_PER_SECOND = 10;

    /** @throws IllegalArgumentException if a rate is not positive, or a number or a latency negative */
    public Capacity {
        if (contexts < 0 || installLatencyNs < 0 || recordLatencyNs < 0) {
            throw new IllegalArgumentException("contexts and latencies must not be negative");
        }
        if (recordsPerSecond < 1 || bitsPerSecond < 1 || installsPerSecond < 1) {
            throw new IllegalArgumentException("rates must be at least 1 per second");
        }
    }

    /** The same with another number of contexts. */
    public Capacity withContexts(long newContexts) {
        return new Capacity(
                newContexts, recordsPerSecond, bitsPerSecond, installsPerSecond, installLatencyNs, recordLatencyNs);
    }

    /** The same with another rate of records. */
    public Capacity withRecordsPerSecond(long newRecordsPerSecond) {
        return new Capacity(
                contexts, newRecordsPerSecond, bitsPerSecond, installsPerSecond, installLatencyNs, recordLatencyNs);
    }

    /** The same with another rate of bits. */
    public Capacity withBitsPerSecond(long newBitsPerSecond) {
        return new Capacity(
                contexts, recordsPerSecond, newBitsPerSecond, installsPerSecond, installLatencyNs, recordLatencyNs);
    }

    /** The same with another rate of installs. */
    public Capacity withInstallsPerSecond(long newInstallsPerSecond) {
        return new Capacity(
                contexts, recordsPerSecond, bitsPerSecond, newInstallsPerSecond, installLatencyNs, recordLatencyNs);
    }

    /** The same with another latency of an install. */
    public Capacity withInstallLatencyNs(long newInstallLatencyNs) {
        return new Capacity(
                contexts, recordsPerSecond, bitsPerSecond, installsPerSecond, newInstallLatencyNs, recordLatencyNs);
    }

    /** The same with another latency of a record. */
    public Capacity withRecordLatencyNs(long newRecordLatencyNs) {
        return new Capacity(
                contexts, recordsPerSecond, bitsPerSecond, installsPerSecond, installLatencyNs, newRecordLatencyNs);
    }

    /** Installs that it takes at once after a pause: those of a tenth of a second at its rate, at least one. */
    public long installBurst() {
        return Math.max(1, installsPerSecond / BURSTS_PER_SECOND);
    }

    /** True where records or bits are limited. */
    public boolean limitsLoad() {
        return recordsPerSecond != NO_LIMIT || bitsPerSecond != NO_LIMIT;
    }

    /** True where installs are limited. */
    public boolean limitsInstalls() {
        return installsPerSecond != NO_LIMIT;
    }
}
