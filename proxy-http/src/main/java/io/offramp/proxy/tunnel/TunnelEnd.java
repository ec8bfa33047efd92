package io.offramp.proxy.tunnel;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.channel.SpliceTarget;
import org.jspecify.annotations.Nullable;

/**
 * One end of a tunnel, towards a client or a server: a connection's socket, or one stream of a connection that carries
 * many. Confined to the event loop.
 */
public interface TunnelEnd {
    /** Carries bytes from now on; the listener gets what comes. */
    default void begin(TunnelListener listener) {}

    /** Writes bytes, which move here. */
    void write(ByteBuf bytes);

    /** Sends what was written. */
    void flush();

    /** Whether more may be written without passing the high watermark. */
    boolean isWritable();

    /** Pauses or resumes reading. */
    void read(boolean on);

    /** Ends what we send, in order and behind what was written; still receives. */
    void shutdownOutput();

    /** Flushes, and runs the task when all that was written is out or lost. */
    void whenWritten(Runnable task);

    /**
     * Ends both directions behind what was written; what still comes is discarded.
     *
     * @param cut with a reset, for a peer that must not take it for the end of a stream
     * @param limitNs for a peer that takes nothing
     */
    void endBehindWrites(boolean cut, long limitNs);

    /** Closes at once. */
    void close();

    /** Closes at once with a reset, which is not mistaken for the end of a stream. */
    void reset();

    /** What can send to this end's peer past this process; null if nothing can. */
    default @Nullable SpliceTarget spliceTarget() {
        return null;
    }

    /** Leads what this end receives to the target, where both can; else nothing changes. */
    default void spliceTo(@Nullable SpliceTarget target) {}

    /** What comes from now on is read in the ordinary way. */
    default void stopSplicing() {}
}
