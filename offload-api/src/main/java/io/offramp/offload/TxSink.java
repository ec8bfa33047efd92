package io.offramp.offload;

import io.offramp.offload.error.OffloadException;

/**
 * Takes what a {@link TxSession} makes. Called on the channel's event loop, possibly from inside
 * {@link TxSession#seal}.
 */
public interface TxSink {
    /**
     * The next message for the socket; ownership moves to the sink.
     *
     * @param message what the channel's transport writes in order: a {@code ByteBuf} of whole records, or, of a backend
     *     that protects on the way out of the socket, a {@code FileRegion} whose {@code count()} is what it holds in
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
     * @param records that its content made
     * @param bytes of content
     */
    default void onSpliced(long records, int bytes) {}

    /** The session goes on correctly, but its backend no longer does the work: a policy may move it. */
    default void onDegraded(String reason) {}

    /** {@link TxSession#info()} says something else than before: work that had to wait at the install has been done. */
    default void onInfoChanged() {}

    /**
     * A burst of callbacks that came outside of a call into the session has ended: what it led to can be flushed now. A
     * backend that does its work inside of the calls never says this.
     */
    default void onBurstEnd() {}
}
