package io.offramp.proxy.admin;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the connections of the admin listener in number and, while they ask for nothing, in time. Where all places are taken, the one that
 * has waited longest for a request makes room: whoever only connects keeps nobody out. Confined to the admin thread.
 */
final class AdminConnections {
    private static final Logger LOG = LoggerFactory.getLogger(AdminConnections.class);

    private final int most;
    private final long firstRequestMs;
    private final long nextRequestMs;
    private final Set<Guard> waiting = new LinkedHashSet<>();
    private int open;

    /**
     * @param most           connections
     * @param firstRequestMs from accept to the end of the first request
     * @param nextRequestMs  from the end of an answer to the end of the next request
     */
    AdminConnections(int most, long firstRequestMs, long nextRequestMs) {
        this.most = most;
        this.firstRequestMs = firstRequestMs;
        this.nextRequestMs = nextRequestMs;
    }

    /** For the pipeline of one connection, behind whole requests. */
    Guard guard() {
        return new Guard();
    }

    /** Looks after one connection. */
    final class Guard extends ChannelDuplexHandler {
        private @Nullable ChannelHandlerContext ctx;
        private @Nullable Future<?> deadline;
        private int unanswered;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            this.ctx = ctx;
            open++;
            if (open > most) {
                Guard eldest = waiting.isEmpty() ? this : waiting.iterator().next();
                eldest.cut("no place left of " + most);
            }
            if (ctx.channel().isActive()) {
                await(firstRequestMs);
            }
            ctx.fireChannelActive();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            open--;
            stopWaiting();
            ctx.fireChannelInactive();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof FullHttpRequest) {
                unanswered++;
                stopWaiting();
            }
            ctx.fireChannelRead(msg);
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            if (msg instanceof LastHttpContent) {
                ctx.write(msg, promise.unvoid().addListener(_ -> answered()));
            } else {
                ctx.write(msg, promise);
            }
        }

        private void answered() {
            unanswered--;
            if (unanswered == 0 && ctx != null && ctx.channel().isActive()) {
                await(nextRequestMs);
            }
        }

        private void await(long ms) {
            waiting.add(this);
            deadline = ctx.executor().schedule(() -> cut("no request in " + ms + " ms"), ms, TimeUnit.MILLISECONDS);
        }

        private void stopWaiting() {
            waiting.remove(this);
            if (deadline != null) {
                deadline.cancel(false);
                deadline = null;
            }
        }

        private void cut(String why) {
            LOG.debug("admin connection {} closed: {}", ctx.channel().remoteAddress(), why);
            stopWaiting();
            ctx.close();
        }
    }
}
