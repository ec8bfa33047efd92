package io.offramp.proxy.channel;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Closes a channel without losing its last writes. Has no state of its own. Confined to the event loop. */
public final class OrderlyClose {
    /** Time for a peer that does not read to take our last alert. */
    public static final long LIMIT_S = 5;

    /** Interval of checks of a socket that has not taken everything yet. */
    private static final long UNSENT_LOOK_MS = 5;

    /** How long a peer that keeps sending gets to read our alert. */
    private static final long LINGER_LIMIT_S = 2;

    private final ChannelHandlerContext ctx;
    private final LongSupplier unsentBytes;

    /** @param unsentBytes wire bytes beyond the channel's own that a close would lose now */
    public OrderlyClose(ChannelHandlerContext ctx, LongSupplier unsentBytes) {
        this.ctx = ctx;
        this.unsentBytes = unsentBytes;
    }

    /** Closes once {@code last} is out, or after {@value #LIMIT_S} s. */
    public void after(ChannelFuture last, ChannelPromise promise) {
        if (last.isDone() && unsentBytes.getAsLong() == 0) {
            ctx.close(promise);
            return;
        }
        closeIn(LIMIT_S);
        last.addListener(sent -> whenOut(() -> ctx.close(promise)));
    }

    /** The channel is closed already, or will be. */
    public void whenDone(ChannelPromise promise) {
        ctx.channel().closeFuture().addListener(done -> promise.trySuccess());
        if (!ctx.channel().isActive()) {
            ctx.close();
        }
    }

    /**
     * Ends our direction after a fatal alert, and discards input until the peer closes too: closing at once would
     * answer its bytes with a reset, which destroys the alert on its way.
     *
     * @param told done when the alert has been written to the socket
     */
    public void linger(ChannelFuture told) {
        closeIn(LINGER_LIMIT_S);
        told.addListener(sent -> {
            if (sent.isSuccess() && ctx.channel() instanceof DuplexChannel channel) {
                whenOut(channel::shutdownOutput);
                ReadGate.of(channel).discard();
                channel.read();
            } else {
                ctx.close();
            }
        });
    }

    /**
     * Continues once the socket has sent all writes: at once, unless a backend protects on the way out of the socket.
     */
    public void whenOut(Runnable next) {
        if (unsentBytes.getAsLong() == 0) {
            next.run();
        } else if (ctx.channel().isActive()) {
            ctx.executor().schedule(() -> whenOut(next), UNSENT_LOOK_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void closeIn(long seconds) {
        var timer = ctx.executor().schedule(() -> ctx.close(), seconds, TimeUnit.SECONDS);
        ctx.channel().closeFuture().addListener(closed -> timer.cancel(false));
    }
}
