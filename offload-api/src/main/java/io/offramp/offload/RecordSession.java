package io.offramp.offload;

import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.RecordBoundary;
import org.jspecify.annotations.Nullable;

/**
 * One direction of one connection, from its install until {@link #close()} or its export. Owns its {@link TrafficKeys}.
 * Confined to the channel's event loop, so are all callbacks into its sink.
 */
public sealed interface RecordSession extends AutoCloseable permits TxSession, RxSession {
    /** How this direction is protected now. Changes when a device falls back. */
    SessionInfo info();

    /**
     * Record sequence of the next record, under the current key. An unsigned 64-bit number (RFC 8446 §5.3): compare it
     * with {@link Long#compareUnsigned}, print it with {@link Long#toUnsignedString}.
     */
    long nextSequence();

    /**
     * Where this direction stands, or null while work is under way in the backend or a record is half processed by it:
     * ask again after the next callback. Good until the next byte is processed.
     */
    @Nullable
    RecordBoundary boundary();

    /**
     * False where the backend holds one key for good, as kernels before Linux 6.14 do: a KeyUpdate then ends the
     * connection.
     */
    default boolean canRekey() {
        return true;
    }

    /**
     * False where the backend keeps a direction until its connection ends, as the kernel does: it is never exported.
     */
    default boolean canExport() {
        return true;
    }

    /**
     * Goes on with other keys from this boundary (RFC 8446 §4.6.3). Takes ownership of {@code next}; destroys the old
     * keys once no posted record needs them. May be called from inside {@link RxSink#onControl}. Only where it
     * {@link #canRekey}.
     *
     * @param at this session's boundary; of a {@link TxSession}, {@link TxSession#sealedBoundary()} does as well
     * @param next same version and suite, sequence 0
     */
    void rekey(RecordBoundary at, TrafficKeys next);

    /**
     * Gives back all that the backend holds, and wipes the keys. May be called more than once, and from inside a sink.
     */
    @Override
    void close();
}
