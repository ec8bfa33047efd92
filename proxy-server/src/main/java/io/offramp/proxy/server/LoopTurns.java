package io.offramp.proxy.server;

import io.micrometer.core.instrument.Timer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.sockets.SocketTransport;
import java.util.concurrent.TimeUnit;

/**
 * Times the turns of event loops: from the result of one poll of the sockets to the next poll, including tasks and
 * pauses of the JVM, excluding waiting. A turn is at least as long as its longest task, and it is the longest wait of a
 * client whose bytes just missed the poll. Reads the clock four times a turn, so it is off unless {@value #PROPERTY} is
 * set.
 */
final class LoopTurns implements IoHandlerFactory {
    /** System property: {@code true} times turns, shown as {@code offramp_loop_turn_seconds}. */
    static final String PROPERTY = "offramp.loop-turns";

    private final IoHandlerFactory transport;
    private final Timer turns;

    /**
     * Handlers of a transport whose turns are timed.
     *
     * @param turns gets each turn; from several event loops
     */
    LoopTurns(IoHandlerFactory transport, Timer turns) {
        this.transport = transport;
        this.turns = turns;
    }

    /** Event loops of this transport; {@link #PROPERTY} adds the time of their turns to the metrics. */
    static EventLoopGroup eventLoops(SocketTransport transport, int threads, ProxyMetrics metrics) {
        IoHandlerFactory loops = Boolean.getBoolean(PROPERTY)
                ? new LoopTurns(transport.handler(), metrics.loopTurns())
                : transport.handler();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("offramp-loop"), loops);
    }

    @Override
    public IoHandler newHandler(ThreadAwareExecutor loop) {
        return new Timed(transport.newHandler(loop));
    }

    @Override
    public boolean isChangingThreadSupported() {
        return transport.isChangingThreadSupported();
    }

    /** The handler of one event loop; also its own context, so a turn allocates nothing. */
    private final class Timed implements IoHandler, IoHandlerContext {
        private final IoHandler handler;
        private IoHandlerContext loop = this;
        private long activeNs;
        private long endNs;
        private boolean turned;

        Timed(IoHandler handler) {
            this.handler = handler;
        }

        @Override
        public int run(IoHandlerContext context) {
            if (turned) {
                turns.record(activeNs + System.nanoTime() - endNs, TimeUnit.NANOSECONDS);
            }
            loop = context;
            activeNs = 0;
            int handled = handler.run(this);
            endNs = System.nanoTime();
            turned = true;
            return handled;
        }

        @Override
        public boolean canBlock() {
            return loop.canBlock();
        }

        @Override
        public long delayNanos(long nowNs) {
            return loop.delayNanos(nowNs);
        }

        @Override
        public long deadlineNanos() {
            return loop.deadlineNanos();
        }

        @Override
        public boolean shouldReportActiveIoTime() {
            return true;
        }

        @Override
        public void reportActiveIoTime(long ns) {
            activeNs += ns;
            if (loop.shouldReportActiveIoTime()) {
                loop.reportActiveIoTime(ns);
            }
        }

        @Override
        public void initialize() {
            handler.initialize();
        }

        @Override
        public void prepareToDestroy() {
            handler.prepareToDestroy();
        }

        @Override
        public void destroy() {
            handler.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return handler.register(handle);
        }

        @Override
        public void wakeup() {
            handler.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return handler.isCompatible(handleType);
        }
    }
}
