package io.offramp.offload.record;

/**
 * Proof that one direction of a connection stands between two records: nothing of the next record has been given to the
 * cipher, and no record is half delivered. Whoever hands over, rekeys or moves a direction must hold one, so that an
 * unaligned hand-over does not compile.
 *
 * <p>Made only by code that cuts the stream into records (a rule that the architecture test holds), and good until the
 * next byte of that direction is processed.
 *
 * @param direction which half
 * @param wirePosition bytes of this direction before the boundary, from the start of the connection; the first byte of
 *     the record numbered {@code nextSequence} is here. Modulo 2^32 it plays the TCP sequence number
 *     ({@code start_offload_tcp_sn} of the kernel's contract)
 * @param nextSequence record sequence of the next record under the current key (RFC 8446 §5.3)
 */
public record RecordBoundary(Direction direction, long wirePosition, long nextSequence) {}
