package io.offramp.proxy.admin;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the connections of the admin listener in number, and in time while they have no request. If all places are
 * taken, the connection that has waited longest for a request makes room, so idle connections keep no client out.
 * Requests are read one at a time, each after the previous answer is out: answers keep their order, and a client that
 * does not read gets no further requests served. Confined to the admin thread.
 */
final class AdminConnections {
    private static final Logger LOG = LoggerFactory.getLogger(AdminConnections.class);

    private final int most;
    private final long firstRequestMs;
    private final long nextRequestMs;
    private final Set<Guard> waiting = new LinkedHashSet<>();
    private int open;

    /**
     * @param most connections
     * @param firstRequestMs from accept to the end of the first request
     * @param nextRequestMs from the end of an answer to the end of the next request
     */
    AdminConnections(int most, long firstRequestMs, long nextRequestMs) {
        this.most = most;
        this.firstRequestMs = firstRequestMs;
        this.nextRequestMs = nextRequestMs;
    }

    /** A handler for one connection, behind the aggregator. The channel must not read by itself. */
    Guard guard() {
        return new Guard();
    }

    /** The state of one connection. */
    final class Guard extends ChannelDuplexHandler {
        @SuppressWarnings("NullAway.Init") // by channelActive
        private ChannelHandlerContext ctx;

        private @Nullable Future<?> deadline;
        private final Queue<Object> requests = new ArrayDeque<>();
        private boolean answering;
        private boolean passing;

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
            requests.forEach(ReferenceCountUtil::release);
            requests.clear();
            ctx.fireChannelInactive();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object request) {
            requests.add(request);
            pass();
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
            answering = false;
            pass();
        }

        /**
         * Answers the next request, unless one is being answered. An answer may be out before this returns, so it loops
         * instead of calling itself.
         */
        private void pass() {
            if (passing || ctx == null) {
                return;
            }
            passing = true;
            while (!answering && !requests.isEmpty()) {
                answering = true;
                stopWaiting();
                ctx.fireChannelRead(requests.remove());
            }
            passing = false;
            if (!answering && deadline == null && ctx.channel().isActive()) {
                await(nextRequestMs);
            }
        }

        private void await(long ms) {
            waiting.add(this);
            deadline = ctx.executor().schedule(() -> cut("no request in " + ms + " ms"), ms, TimeUnit.MILLISECONDS);
            ctx.read();
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
