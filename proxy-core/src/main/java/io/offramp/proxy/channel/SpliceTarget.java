package io.offramp.proxy.channel;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** The handler of a client's channel whose session can send what an upstream's socket receives, past this process. */
public interface SpliceTarget {
    /**
     * Begins to send what {@code source} receives, as {@link Splicing#begin} says.
     *
     * @param bytes most that is taken
     * @return null where the session cannot, or not now
     */
    @Nullable
    Splicing splice(Channel source, long bytes, SpliceListener listener);
}
