package io.offramp.proxy.handshake.engine;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.offramp.proxy.channel.ReadGate;
import java.util.concurrent.TimeUnit;

/**
 * Closes after an alert to a client that may still be sending: closing at once would answer its bytes with a reset,
 * which destroys the alert on its way. So only our direction ends, and the handler discards what comes in, until the
 * client closes too.
 */
final class LingeringClose {
    /** How long a client that keeps sending gets to read our alert. */
    private static final long LIMIT_S = 2;

    private LingeringClose() {}

    /** @param told done when the alert has been written to the socket */
    static void start(ChannelHandlerContext ctx, ChannelFuture told) {
        var limit = ctx.executor().schedule(() -> ctx.close(), LIMIT_S, TimeUnit.SECONDS);
        ctx.channel().closeFuture().addListener(closed -> limit.cancel(false));
        ReadGate.of(ctx.channel()).discard();
        told.addListener(sent -> {
            if (sent.isSuccess() && ctx.channel() instanceof DuplexChannel channel) {
                channel.shutdownOutput();
            } else {
                ctx.close();
            }
        });
    }
}
