package io.offramp.proxy.channel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;

/** Ends a connection in a way that cannot pass for a clean end. */
public final class Abort {
    private Abort() {}

    /**
     * Closes with a reset, past the handlers, so a TLS session among them cannot send close_notify. For answers that
     * end with their connection.
     */
    public static void close(Channel channel) {
        // A socket that has closed by itself takes no options, and needs none.
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.pipeline().firstContext().close();
        }
    }
}
