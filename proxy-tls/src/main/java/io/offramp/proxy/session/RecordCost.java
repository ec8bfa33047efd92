package io.offramp.proxy.session;

/**
 * What records cost the host, in ns of CPU: an assumption of {@code auto} and of {@code whatif}, which a user may
 * replace by figures of another machine.
 *
 * @param nsPerRecord fixed cost of a record in software
 * @param nsPerByte cost of each of its bytes
 * @param driverNsPerRecord cost of a record that a device protects: the driver still frames, posts and completes it
 * @param nsPerInstall cost of an install on a device: its key, its context and the move
 */
public record RecordCost(double nsPerRecord, double nsPerByte, double driverNsPerRecord, double nsPerInstall) {
    /**
     * AES-128-GCM by libcrypto and the device model less its cipher, by {@code bench/jmh}: docs/BENCHMARKS.md has
     * machine and command. The install is an estimate.
     */
    public static final RecordCost MEASURED = new RecordCost(430, 0.23, 450, 10_000);

    /** @throws IllegalArgumentException if a cost is negative or not a number */
    public RecordCost {
        if (!(nsPerRecord >= 0 && nsPerByte >= 0 && driverNsPerRecord >= 0 && nsPerInstall >= 0)) {
            throw new IllegalArgumentException("costs must not be negative");
        }
    }

    /** The cost of these records and bytes in software. */
    public double softwareNs(double records, double bytes) {
        return records * nsPerRecord + bytes * nsPerByte;
    }

    /** The host's saving if a device protects them; negative if the driver costs more than the cipher. */
    public double savedNs(double records, double bytes) {
        return softwareNs(records, bytes) - records * driverNsPerRecord;
    }
}
