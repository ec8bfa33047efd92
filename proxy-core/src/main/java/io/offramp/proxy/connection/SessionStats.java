package io.offramp.proxy.connection;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;

/**
 * The statistics of one TLS session: a line of a capture. Immutable, about 120 bytes; sessions share their texts.
 *
 * @param startMs time of accept, ms since 1970
 * @param lifetimeMs from accept to close, or until now
 * @param isOpen true while it is open
 * @param listener name of the listener
 * @param version protocol version
 * @param suite AEAD
 * @param tx records that we sent
 * @param rx records that we received
 * @param moves changes of a direction's backend
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
     * @param conf mode at the end: {@code sw}, {@code hw}, {@code hw-record}, or {@code none}
     * @param why the reason, without its figures: {@code auto: # MiB in # records}
     */
    public record Carried(long records, long bytes, String conf, String why) {
        /** Content per record; 0 without records. */
        public double meanRecordBytes() {
            return records == 0 ? 0 : (double) bytes / records;
        }
    }
}
