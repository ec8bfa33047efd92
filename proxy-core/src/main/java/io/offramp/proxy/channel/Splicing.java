package io.offramp.proxy.channel;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Content going from an upstream's socket to a client's past this process, while the session allows. Confined to the
 * event loop.
 */
public interface Splicing {
    /** From how many bytes on a splice is worth its descriptor: as many as one read brings in the ordinary way. */
    int WORTH_BYTES = 64 << 10;

    /** Takes no more; what was taken goes out. May be called more than once. */
    void close();

    /** Lets {@link #begin} ask that session of the client. */
    static void allow(Channel client, SpliceTarget session) {
        client.attr(SpliceTargets.OF_CHANNEL).set(session);
    }

    /** Whether {@link #begin} can ever be of use for that client; cheap, and the same for the channel's life. */
    static boolean isPossible(Channel client) {
        return client.hasAttr(SpliceTargets.OF_CHANNEL);
    }

    /**
     * Begins to send what {@code source} receives, behind everything that was written and flushed. The listener hears
     * nothing before this returns. The source must not be read meanwhile. What its transport still reads, at a FIN, is
     * behind what was spliced.
     *
     * @param bytes most that is taken
     * @return null where the client's session cannot, or not now
     */
    static @Nullable Splicing begin(Channel client, Channel source, long bytes, SpliceListener listener) {
        SpliceTarget session =
                isPossible(client) ? client.attr(SpliceTargets.OF_CHANNEL).get() : null;
        return session == null ? null : session.splice(source, bytes, listener);
    }
}
