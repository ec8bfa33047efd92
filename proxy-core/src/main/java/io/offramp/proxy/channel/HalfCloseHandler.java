package io.offramp.proxy.channel;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;

/** A handler that ends what we send with a message of its own, before the FIN: a TLS session with close_notify. */
public interface HalfCloseHandler extends ChannelHandler {
    /**
     * Ends what we send and goes on receiving; idempotent.
     *
     * @return done when the message is out
     */
    ChannelFuture shutdownOutput();
}
