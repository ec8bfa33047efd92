package io.offramp.proxy.accept;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a listening socket rest for a moment if the machine has no descriptor or no memory for the next connection:
 * EMFILE, ENFILE, ENOBUFS, ENOMEM of accept(2). The connections wait in the backlog. The log has a line for the begin
 * and one for the end. One for each socket; confined to its event loop.
 */
public final class AcceptPause extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptPause.class);
    private static final long PAUSE_MS = 100;

    private final String listener;
    private final Runnable onFailed;
    private long failures;
    private long sinceNs;

    /**
     * For one socket.
     *
     * @param listener for the log
     * @param onFailed called at each failed try, on the event loop
     */
    public AcceptPause(String listener, Runnable onFailed) {
        this.listener = listener;
        this.onFailed = onFailed;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
        if (failures > 0) {
            LOG.info(
                    "{}: accepts connections again, after {} s and {} tries",
                    listener,
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - sinceNs),
                    failures);
            failures = 0;
        }
        ctx.fireChannelRead(accepted);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause instanceof OutOfMemoryError)) {
            ctx.fireExceptionCaught(cause);
            return;
        }
        onFailed.run();
        if (failures++ == 0) {
            sinceNs = System.nanoTime();
            LOG.warn("{}: cannot accept connections, they wait: {}", listener, cause.getMessage());
        }
        ctx.channel().config().setAutoRead(false);
        ctx.executor().schedule(() -> ctx.channel().config().setAutoRead(true), PAUSE_MS, TimeUnit.MILLISECONDS);
    }
}
