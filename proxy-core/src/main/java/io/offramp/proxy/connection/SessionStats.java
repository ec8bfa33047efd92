package io.offramp.proxy.connection;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;

/**
 * What one TLS session was: a line of a capture. Immutable, about 120 bytes: its texts are shared with others.
 *
 * @param startMs when it was accepted, ms since 1970
 * @param lifetimeMs from then until it closed, or until now
 * @param isOpen whether it goes on
 * @param listener name of the listener
 * @param version protocol version
 * @param suite AEAD
 * @param tx what we sent
 * @param rx what we received
 * @param moves how often a direction changed its backend
 */
public record SessionStats(
        long startMs,
        long lifetimeMs,
        boolean isOpen,
        String listener,
        ProtocolVersion version,
        AeadSuite suite,
        Carried tx,
        Carried rx,
        int moves) {
    /**
     * One direction.
     *
     * @param records records
     * @param bytes their content
     * @param conf where it was at the end: {@code sw}, {@code hw}, {@code hw-record}, or {@code none}
     * @param why why, without its figures: {@code auto: # MiB in # records}
     */
    public record Carried(long records, long bytes, String conf, String why) {
        /** Content per record; 0 without records. */
        public double meanRecordBytes() {
            return records == 0 ? 0 : (double) bytes / records;
        }
    }
}
