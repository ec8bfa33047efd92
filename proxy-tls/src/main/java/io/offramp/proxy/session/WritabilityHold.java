package io.offramp.proxy.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** One reason why a channel counts as not writable. Confined to the event loop. */
final class WritabilityHold {
    private final Channel channel;
    private final int index;
    private boolean held;

    /** @param index of the channel's user-defined writability, one for each reason */
    WritabilityHold(Channel channel, int index) {
        this.channel = channel;
        this.index = index;
    }

    /** Sets or clears the reason; does nothing to a closed channel. */
    void set(boolean hold) {
        if (held == hold) {
            return;
        }
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        if (buffer != null) {
            held = hold;
            buffer.setUserDefinedWritability(index, !hold);
        }
    }
}
