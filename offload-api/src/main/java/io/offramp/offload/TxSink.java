package io.offramp.offload;

import io.offramp.offload.error.OffloadException;

/**
 * Takes the messages that a {@link TxSession} makes. Called on the channel's event loop, possibly from inside
 * {@link TxSession#seal}.
 */
public interface TxSink {
    /**
     * The next message for the socket; ownership moves to the sink.
     *
     * @param message for the channel's transport, which writes in order: a {@code ByteBuf} of whole records; or, from a
     *     backend that protects on the way out of the socket, a {@code FileRegion} whose {@code count()} is its size in
     *     bytes
     */
    void onSealed(Object message);

    /**
     * The session cannot go on and nothing further comes out of it: records may have been lost on the way, so the
     * connection closes. Never plaintext instead.
     */
    void onFault(OffloadException fault);

    /**
     * A message of a {@link Splice} has gone out.
     *
     * @param records number of records that its content made
     * @param bytes content bytes
     */
    default void onSpliced(long records, int bytes) {}

    /** The session stays correct, but its backend no longer does the work. A policy may move it. */
    default void onDegraded(String reason) {}

    /** {@link TxSession#info()} has changed: work that had to wait at the install has been done. */
    default void onInfoChanged() {}

    /**
     * A burst of callbacks outside of a call into the session has ended: its results can be flushed now. Never called
     * by a backend that works inside of the calls only.
     */
    default void onBurstEnd() {}
}
