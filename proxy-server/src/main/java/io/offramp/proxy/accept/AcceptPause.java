package io.offramp.proxy.accept;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a listening socket rest for a moment if the machine has no descriptor or no memory for the next connection:
 * EMFILE, ENFILE, ENOBUFS, ENOMEM of accept(2). The connections wait in the backlog. The log has a line for the begin
 * and one for the end. It can be held, too: then the socket rests until it is released. One for each socket; confined
 * to its event loop.
 */
public final class AcceptPause extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptPause.class);
    private static final long PAUSE_MS = 100;

    private final String listener;
    private final Runnable onFailed;
    private long failures;
    private long sinceNs;
    private boolean held;

    private enum Wish {
        HOLD,
        RELEASE
    }

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

    /**
     * Accepts nothing more on this socket until it is released.
     *
     * @param listening has one of these in its pipeline
     */
    public static void hold(Channel listening) {
        listening.pipeline().fireUserEventTriggered(Wish.HOLD);
    }

    /**
     * Behind {@link #hold}: blocks until all that was accepted has been set up.
     *
     * @param endNs latest end, by {@link System#nanoTime}: an event loop may be stuck
     * @return whether it has
     */
    public static boolean awaitAccepted(Channel listening, long endNs) {
        // Behind the event, what it has accepted is queued on the loops of its kind; behind that, it is set up.
        if (!isDone(listening.eventLoop().submit(() -> {}), endNs)) {
            return false;
        }
        EventLoopGroup group = listening.eventLoop().parent();
        List<Future<?>> turns = new ArrayList<>();
        if (group != null) {
            group.forEach(loop -> turns.add(loop.submit(() -> {})));
        }
        return turns.stream().allMatch(each -> isDone(each, endNs));
    }

    private static boolean isDone(Future<?> turn, long endNs) {
        return turn.awaitUninterruptibly(endNs - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** Accepts again. */
    public static void release(Channel listening) {
        listening.pipeline().fireUserEventTriggered(Wish.RELEASE);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Wish wish) {
            held = wish == Wish.HOLD;
            ctx.channel().config().setAutoRead(!held);
        } else {
            ctx.fireUserEventTriggered(event);
        }
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
        ctx.executor().schedule(() -> ctx.channel().config().setAutoRead(!held), PAUSE_MS, TimeUnit.MILLISECONDS);
    }
}
