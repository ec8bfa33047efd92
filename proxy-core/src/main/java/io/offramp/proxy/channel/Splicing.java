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

    /** Lets {@link #target} give that session of the client. */
    static void allow(Channel client, SpliceTarget session) {
        client.attr(SpliceTargets.OF_CHANNEL).set(session);
    }

    /** The session of that client that may be able to splice; null if it never is. Cheap. */
    static @Nullable SpliceTarget target(Channel client) {
        return client.hasAttr(SpliceTargets.OF_CHANNEL)
                ? client.attr(SpliceTargets.OF_CHANNEL).get()
                : null;
    }
}
