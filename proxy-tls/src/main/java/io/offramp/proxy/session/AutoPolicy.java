package io.offramp.proxy.session;

import io.offramp.offload.Capacity;
import java.util.Locale;

/**
 * When {@code auto} moves a direction from software to the device: when the session has shown that it will pay, for an
 * install costs about as much as tens of records do, and a device has few contexts. What a session has carried is the
 * best guess at what it is still going to carry.
 *
 * @param bytes content carried before a move is considered
 * @param recordBytes mean content per record from which a device pays
 */
public record AutoPolicy(long bytes, int recordBytes) {
    /** One MiB in records of 4 KiB or more. */
    public static final AutoPolicy DEFAULTS = new AutoPolicy(1 << 20, 4 << 10);

    /** Records are no longer than this, so that a device which pays for none of them is not asked. */
    private static final int LARGEST_RECORD_BYTES = 1 << 14;

    /**
     * What a device's figures ask for, and at least {@link #DEFAULTS}, which hold where nothing is limited.
     *
     * <ul>
     *   <li>Records are so long that software needs no less time for one than it waits for in the device.
     *   <li>The session has carried so much that the same again wins an install back: what it costs the host, or its
     *       latency if that is longer.
     * </ul>
     *
     * The rates of a device do not move these: who finds it busy waits.
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

    /** True where a direction that has carried this much should move. */
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
