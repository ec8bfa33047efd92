package io.offramp.proxy.channel;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;

/** Ends our sending direction only, for any kind of channel; receiving continues. */
public final class HalfClose {
    private HalfClose() {}

    /**
     * Sends close_notify on a TLS session, FIN on a plain socket, behind earlier writes.
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
            // A socket that is shut down drops unsent bytes.
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> duplex.shutdownOutput(ended));
            return ended;
        }
        return channel.newFailedFuture(new IllegalArgumentException("cannot be half closed: " + channel));
    }

    /**
     * Flushes earlier writes; on a TLS session together with close_notify, which then needs no segment of its own.
     *
     * @param ctx of the handler that writes
     * @return done when all of it is out
     */
    public static ChannelFuture flush(ChannelHandlerContext ctx) {
        HalfCloseHandler session = ctx.pipeline().get(HalfCloseHandler.class);
        return session != null ? session.shutdownOutput() : ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
    }
}
