package io.offramp.proxy.session;

import io.offramp.offload.Capacity;
import java.util.Locale;

/**
 * When {@code auto} moves a direction from software to the device: once the session has shown that the move will pay,
 * since an install costs as much as tens of records, and a device has few contexts. What a session has carried is the
 * best guess of what it will still carry.
 *
 * @param bytes content carried before a move is considered
 * @param recordBytes mean content per record from which a device pays
 */
public record AutoPolicy(long bytes, int recordBytes) {
    /** One MiB in records of 4 KiB or more. */
    public static final AutoPolicy DEFAULTS = new AutoPolicy(1 << 20, 4 << 10);

    /** No record is longer, so a device that pays for none is not asked. */
    private static final int LARGEST_RECORD_BYTES = 1 << 14;

    /**
     * The policy for a device's figures, and at least {@link #DEFAULTS}, which hold for an unlimited device.
     *
     * <ul>
     *   <li>Records must be so long that software needs at least as much time for one as it waits for in the device.
     *   <li>The session must have carried so much that the same again repays an install: its cost to the host, or its
     *       latency if that is longer.
     * </ul>
     *
     * The rates of a device do not matter here: a session that finds it busy waits.
     */
    public static AutoPolicy of(Capacity capacity, RecordCost cost) {
        double slowerNs = capacity.recordLatencyNs() + cost.driverNsPerRecord() - cost.nsPerRecord();
        double least = slowerNs <= 0 ? 0 : slowerNs / cost.nsPerByte();
        int recordBytes = (int) Math.clamp(Math.ceil(least), DEFAULTS.recordBytes, LARGEST_RECORD_BYTES);
        double installNs = Math.max(cost.nsPerInstall(), capacity.installLatencyNs());
        double savedPerByteNs = cost.savedNs(1, recordBytes) / recordBytes;
        double wonBack = savedPerByteNs <= 0 ? Long.MAX_VALUE : installNs / savedPerByteNs;
        return new AutoPolicy(Math.max(DEFAULTS.bytes, (long) Math.ceil(wonBack)), recordBytes);
    }

    /** True if a direction that has carried this much should move. */
    public boolean promotes(long records, long carriedBytes) {
        return carriedBytes >= bytes && carriedBytes >= records * recordBytes;
    }

    /** Why a direction is not in the device yet. */
    String waiting() {
        return "auto: below " + size(bytes) + " in records of " + size(recordBytes);
    }

    /** Why a direction is not in the device although it should be. */
    String busy(String backend) {
        return "auto: waits, " + backend + " is busy";
    }

    /** Why a direction was moved. */
    String promoted(long records, long carriedBytes) {
        return "auto: " + size(carriedBytes) + " in " + records + " records";
    }

    private static String size(long bytes) {
        if (bytes >= 1 << 20) {
            return String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
        }
        return bytes >= 1 << 10 ? (bytes >> 10) + " KiB" : bytes + " B";
    }
}
