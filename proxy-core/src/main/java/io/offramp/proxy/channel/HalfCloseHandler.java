package io.offramp.proxy.channel;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;

/** A handler that ends our sending direction with a message before the FIN: a TLS session, with close_notify. */
public interface HalfCloseHandler extends ChannelHandler {
    /**
     * Ends our sending direction only; receiving continues. Idempotent.
     *
     * @return done when the message is out
     */
    ChannelFuture shutdownOutput();
}
