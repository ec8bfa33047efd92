package io.offramp.offload.tck;

import io.netty.channel.Channel;

/**
 * A socket of a test's own, for a backend that protects on the way out of one: its sessions' output means nothing
 * before it has gone through. Used by one session, on the thread that made it, which is its event loop's.
 */
public interface Wire extends AutoCloseable {
    /** Our end. */
    Channel channel();

    /** Writes a session's output; ownership moves here. */
    void write(Object message);

    /** All bytes that the other end has read so far and {@link #take} has not. */
    byte[] take();

    /** Waits until everything that was written has been read by the other end. */
    void settle();

    /** Closes both ends. */
    @Override
    void close();
}
