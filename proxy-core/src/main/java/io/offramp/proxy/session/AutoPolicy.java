package io.offramp.proxy.session;

import java.util.Locale;

/**
 * When {@code auto} moves a direction from software to the device: when the session has shown that it will pay, for an install costs
 * about as much as tens of records do, and a device has few contexts.
 *
 * @param bytes       content carried before a move is considered
 * @param recordBytes mean content per record from which a device pays
 */
public record AutoPolicy(long bytes, int recordBytes) {
    /** One MiB in records of 4 KiB or more. */
    public static final AutoPolicy DEFAULTS = new AutoPolicy(1 << 20, 4 << 10);

    /** True where a direction that has carried this much should move. */
    boolean promotes(long records, long carriedBytes) {
        return carriedBytes >= bytes && carriedBytes >= records * recordBytes;
    }

    /** Why a direction is not in the device yet. */
    String waiting() {
        return "auto: below " + size(bytes) + " in records of " + size(recordBytes);
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
