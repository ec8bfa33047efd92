package io.offramp.proxy.session;

import java.time.Duration;

/**
 * Size of the records that we send. A client cannot use a record before all of it has come, so short records are faster
 * at the start, and long ones cost less in bulk.
 *
 * @param initialBytes content per record after the handshake, and after a pause, 512 to {@code maxBytes}; the latter
 *     makes all records alike
 * @param growAfterBytes content sent in short records until they grow
 * @param idle pause that makes them short again
 * @param maxBytes most content per record, 512 to 16,384
 */
public record RecordSizeConfig(int initialBytes, long growAfterBytes, Duration idle, int maxBytes) {
    /** Records that fit a TCP segment for the first 64 KiB, then full ones. */
    public static final RecordSizeConfig DEFAULTS =
            new RecordSizeConfig(1369, 64 << 10, Duration.ofSeconds(1), 16 << 10);

    /** All records alike, 512 to 16,384. */
    public static RecordSizeConfig of(int bytes) {
        return new RecordSizeConfig(bytes, DEFAULTS.growAfterBytes, DEFAULTS.idle, bytes);
    }

    /** True if records differ in size. */
    public boolean isDynamic() {
        return initialBytes < maxBytes;
    }
}
