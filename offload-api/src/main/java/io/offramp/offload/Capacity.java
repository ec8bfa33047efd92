package io.offramp.offload;

import io.offramp.offload.record.Direction;

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
 * @param firmware time of its commands
 * @param cache contexts close to its engines
 */
public record Capacity(
        long contexts,
        long recordsPerSecond,
        long bitsPerSecond,
        long installsPerSecond,
        long installLatencyNs,
        long recordLatencyNs,
        Firmware firmware,
        Cache cache) {
    /** A figure without a limit, except the host's. */
    public static final long NO_LIMIT = Long.MAX_VALUE;

    /** Takes everything at once: the host's software. */
    public static final Capacity UNLIMITED =
            new Capacity(NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT, 0, 0, new Firmware(0, 0), new Cache(NO_LIMIT, 0));

    private static final long BURSTS_PER_SECOND = 10;
    private static final double SECOND_NS = 1e9;

    /**
     * Time that the firmware needs for the commands of a direction, from its install to its end. It does one command
     * after the other, so this bounds the rate of new connections.
     *
     * @param txNs for a direction that is sent, in ns
     * @param rxNs for a direction that is received, in ns
     */
    public record Firmware(long txNs, long rxNs) {
        /** How far it may be behind before a device declines, in ns. */
        public static final long MOST_BACKLOG_NS = 10_000_000;

        /** @throws IllegalArgumentException if a time is negative */
        public Firmware {
            if (txNs < 0 || rxNs < 0) {
                throw new IllegalArgumentException("times must not be negative");
            }
        }

        /** Time of one direction. */
        public long ns(Direction direction) {
            return direction == Direction.TX ? txNs : rxNs;
        }
    }

    /**
     * The contexts whose state a device has close to its engines. It fetches others when a record needs them, so it is
     * the contexts that are active, not those that are open, that decide how it scales.
     *
     * @param contexts how many have room
     * @param missNs of the engine for each fetch, in ns
     */
    public record Cache(long contexts, long missNs) {
        /** @throws IllegalArgumentException if a figure is negative */
        public Cache {
            if (contexts < 0 || missNs < 0) {
                throw new IllegalArgumentException("cache must not be negative");
            }
        }

        /** True where not all contexts have room, and fetches take time. */
        public boolean isLimited() {
            return contexts != NO_LIMIT && missNs > 0;
        }

        /**
         * The share of records that have to wait for a fetch.
         *
         * @param active contexts in use at a time, all alike
         */
        public double missShare(double active) {
            return active <= contexts ? 0 : 1 - contexts / active;
        }
    }

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
                newContexts,
                recordsPerSecond,
                bitsPerSecond,
                installsPerSecond,
                installLatencyNs,
                recordLatencyNs,
                firmware,
                cache);
    }

    /** The same with another rate of records. */
    public Capacity withRecordsPerSecond(long newRecordsPerSecond) {
        return new Capacity(
                contexts,
                newRecordsPerSecond,
                bitsPerSecond,
                installsPerSecond,
                installLatencyNs,
                recordLatencyNs,
                firmware,
                cache);
    }

    /** The same with another rate of bits. */
    public Capacity withBitsPerSecond(long newBitsPerSecond) {
        return new Capacity(
                contexts,
                recordsPerSecond,
                newBitsPerSecond,
                installsPerSecond,
                installLatencyNs,
                recordLatencyNs,
                firmware,
                cache);
    }

    /** The same with another rate of installs. */
    public Capacity withInstallsPerSecond(long newInstallsPerSecond) {
        return new Capacity(
                contexts,
                recordsPerSecond,
                bitsPerSecond,
                newInstallsPerSecond,
                installLatencyNs,
                recordLatencyNs,
                firmware,
                cache);
    }

    /** The same with another latency of an install. */
    public Capacity withInstallLatencyNs(long newInstallLatencyNs) {
        return new Capacity(
                contexts,
                recordsPerSecond,
                bitsPerSecond,
                installsPerSecond,
                newInstallLatencyNs,
                recordLatencyNs,
                firmware,
                cache);
    }

    /** The same with another latency of a record. */
    public Capacity withRecordLatencyNs(long newRecordLatencyNs) {
        return new Capacity(
                contexts,
                recordsPerSecond,
                bitsPerSecond,
                installsPerSecond,
                installLatencyNs,
                newRecordLatencyNs,
                firmware,
                cache);
    }

    /** The same with other times of the firmware. */
    public Capacity withFirmware(Firmware newFirmware) {
        return new Capacity(
                contexts,
                recordsPerSecond,
                bitsPerSecond,
                installsPerSecond,
                installLatencyNs,
                recordLatencyNs,
                newFirmware,
                cache);
    }

    /** The same with another cache. */
    public Capacity withCache(Cache newCache) {
        return new Capacity(
                contexts,
                recordsPerSecond,
                bitsPerSecond,
                installsPerSecond,
                installLatencyNs,
                recordLatencyNs,
                firmware,
                newCache);
    }

    /**
     * Records that it protects in a second while this number of contexts is active: fetches take time of the engine.
     * {@link Double#POSITIVE_INFINITY} where nothing limits it.
     */
    public double recordsPerSecond(double active) {
        double rest = recordsPerSecond == NO_LIMIT ? 0 : SECOND_NS / recordsPerSecond;
        return SECOND_NS / (rest + cache.missShare(active) * cache.missNs);
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
