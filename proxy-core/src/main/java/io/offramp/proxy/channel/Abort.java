package io.offramp.proxy.channel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;

/** Ends a connection so that nobody can take it for a clean end. */
public final class Abort {
    private Abort() {}

    /**
     * Closes with a reset, and past the handlers: a TLS session among them gets no chance to say close_notify. For
     * answers whose end is the end of the connection.
     */
    public static void close(Channel channel) {
        // A socket that has closed by itself takes no options, and needs none.
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.pipeline().firstContext().close();
        }
    }
}
