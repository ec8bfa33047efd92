package io.offramp.offload.record;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Proof that one direction of a connection stands between two records: no byte of the next record has been given to the
 * cipher, and no record is half delivered. A direction is handed over, rekeyed and moved only with one of these.
 *
 * <p>A connection starts at a boundary, and each further one comes from the one before: {@link #movedTo} is for code
 * that has a direction in its care and cuts its stream into records. Good until the next byte of that direction is
 * processed.
 */
public final class RecordBoundary {
    private final Direction direction;
    private final long wirePosition;
    private final long nextSequence;

    private RecordBoundary(Direction direction, long wirePosition, long nextSequence) {
        this.direction = direction;
        this.wirePosition = wirePosition;
        this.nextSequence = nextSequence;
    }

    /** The start of a connection, in front of its first record. Only for the handshake, which is the first to read. */
    public static RecordBoundary start(Direction direction) {
        return new RecordBoundary(direction, 0, 0);
    }

    /**
     * The boundary behind whole records that follow this one.
     *
     * @param position as {@link #wirePosition()}, not before this boundary
     * @param sequence as {@link #nextSequence()}; smaller than here if the key has changed since
     */
    public RecordBoundary movedTo(long position, long sequence) {
        if (position < wirePosition) {
            throw new IllegalArgumentException("byte " + position + " is in front of " + this);
        }
        return new RecordBoundary(direction, position, sequence);
    }

    /** Which half of the connection. */
    public Direction direction() {
        return direction;
    }

    /**
     * Bytes of this direction before the boundary, from the start of the TLS stream. The record numbered
     * {@link #nextSequence()} starts here. Modulo 2^32 it plays the TCP sequence number ({@code start_offload_tcp_sn}
     * of the kernel's contract), to which the kernel adds what the socket has carried before: its initial sequence
     * number, and a PROXY header.
     */
    public long wirePosition() {
        return wirePosition;
    }

    /** Record sequence of the next record under the current key (RFC 8446 §5.3). */
    public long nextSequence() {
        return nextSequence;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RecordBoundary that
                && direction == that.direction
                && wirePosition == that.wirePosition
                && nextSequence == that.nextSequence;
    }

    @Override
    public int hashCode() {
        return Objects.hash(direction, wirePosition, nextSequence);
    }

    @Override
    public String toString() {
        return "RecordBoundary[direction=" + direction + ", wirePosition=" + wirePosition + ", nextSequence="
                + nextSequence + "]";
    }
}
