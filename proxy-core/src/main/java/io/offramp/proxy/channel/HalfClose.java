package io.offramp.proxy.channel;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;

/** Ends what we send and goes on receiving, whatever the channel is. */
public final class HalfClose {
    private HalfClose() {}

    /**
     * Sends close_notify on a TLS session, FIN on a plain socket, behind what was written before.
     *
     * @return done when it is out
     */
    public static ChannelFuture write(Channel channel) {
        HalfCloseHandler session = channel.pipeline().get(HalfCloseHandler.class);
        if (session != null) {
            return session.shutdownOutput();
        }
        if (channel instanceof DuplexChannel duplex) {
            ChannelPromise ended = channel.newPromise();
            // A socket that is shut down forgets what it has not sent.
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> duplex.shutdownOutput(ended));
            return ended;
        }
        return channel.newFailedFuture(new IllegalArgumentException("cannot be half closed: " + channel));
    }

    /**
     * Flushes what was written before, and close_notify with it where that takes no segment of its own: on a TLS
     * session.
     *
     * @param ctx of the handler that writes
     * @return done when all of it is out
     */
    public static ChannelFuture flush(ChannelHandlerContext ctx) {
        HalfCloseHandler session = ctx.pipeline().get(HalfCloseHandler.class);
        return session != null ? session.shutdownOutput() : ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
    }
}
