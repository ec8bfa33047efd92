package io.offramp.proxy.channel;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** The handler of a client's channel whose session can send what an upstream's socket receives, past this process. */
public interface SpliceTarget {
    /**
     * Begins to send what {@code source} receives, behind everything that was written and flushed. The listener is not
     * called before this returns. The source must not be read meanwhile. What its transport still reads, at a FIN, is
     * behind what was spliced.
     *
     * @param bytes most that is taken
     * @return null where the session cannot, or not now
     */
    @Nullable
    Splicing splice(Channel source, long bytes, SpliceListener listener);
}
