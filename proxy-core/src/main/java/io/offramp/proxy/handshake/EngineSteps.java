package io.offramp.proxy.handshake;

import io.netty.channel.ChannelHandlerContext;
import io.offramp.proxy.handshake.HandshakeFailure.Reason;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Steps the engine of one handshake, and frees it. Steps run on the event loop, but for the dear ones where the settings say so:
 * these run on the worker, one at a time, while the channel does not read; their outcome is taken up on the event loop, where all
 * methods are called. A step that the worker has not begun when its handshake ends is never made: who floods with handshakes and
 * leaves costs the worker nothing, and what waits there is bounded by the handshakes that live.
 */
final class EngineSteps {
    /** Told on the event loop. */
    interface Outcome {
        /**
         * The engine has taken a record.
         *
         * @param failure why it could not; null if it could
         */
        void onStepped(ChannelHandlerContext ctx, HandshakeProtocol engine, @Nullable Throwable failure);

        /** The worker would not take the step. */
        void onRejected(ChannelHandlerContext ctx, HandshakeFailure failure);

        /** Behind a step of the worker: records that came in meanwhile may be offered. */
        void onIdle(ChannelHandlerContext ctx);

        /** One of the others has thrown behind a step of the worker, where no pipeline catches it. */
        void exceptionCaught(ChannelHandlerContext ctx, Throwable cause);
    }

    /** A step in the worker's queue, where only a husk is left of it once it was called off. */
    private static final class Waiting implements Runnable {
        private final AtomicReference<@Nullable Runnable> step;

        Waiting(Runnable step) {
            this.step = new AtomicReference<>(step);
        }

        @Override
        public void run() {
            Runnable mine = step.getAndSet(null);
            if (mine != null) {
                mine.run();
            }
        }

        /** @return false if the worker has begun */
        boolean callOff() {
            return step.getAndSet(null) != null;
        }
    }

    private final HandshakeSettings settings;
    private final Outcome outcome;
    private @Nullable HandshakeProtocol engine;
    private @Nullable Waiting waiting;
    private boolean busy;
    private boolean released;

    EngineSteps(HandshakeSettings settings, Outcome outcome) {
        this.settings = settings;
        this.outcome = outcome;
    }

    /** Made when first asked for: most port scans never get so far. */
    HandshakeProtocol engine() throws IOException {
        HandshakeProtocol started = engine;
        if (started == null) {
            started = HandshakeProtocol.start(settings);
            engine = started;
        }
        return started;
    }

    /** Whether the worker has the engine: nobody else may touch it. */
    boolean isBusy() {
        return busy;
    }

    /** @param record whole, header included, of this outer type */
    void offer(ChannelHandlerContext ctx, int type, byte[] record) throws IOException {
        HandshakeProtocol protocol = engine();
        if (settings.isDear(type)) {
            offerOnWorker(ctx, protocol, record);
        } else {
            outcome.onStepped(ctx, protocol, step(protocol, record));
        }
    }

    /** Wipes what the engine holds, as soon as the worker has let go of it. May be called more than once. */
    void release() {
        released = true;
        if (waiting != null && waiting.callOff()) {
            busy = false;
        }
        waiting = null;
        if (engine != null && !busy) {
            engine.destroy();
            engine = null;
        }
    }

    private void offerOnWorker(ChannelHandlerContext ctx, HandshakeProtocol protocol, byte[] record) {
        busy = true;
        boolean reads = ctx.channel().config().isAutoRead();
        ctx.channel().config().setAutoRead(false);
        Waiting step = new Waiting(() -> {
            Throwable failure = step(protocol, record);
            try {
                ctx.executor().execute(() -> onWorkerStepped(ctx, protocol, failure, reads));
            } catch (RejectedExecutionException e) { // the event loop is gone, and the channel with it
                protocol.destroy();
            }
        });
        waiting = step;
        try {
            settings.worker().execute(step);
        } catch (RejectedExecutionException e) {
            waiting = null;
            busy = false;
            outcome.onRejected(ctx, new HandshakeFailure(Reason.INTERNAL, "worker takes no more handshakes", e));
        }
    }

    private void onWorkerStepped(
            ChannelHandlerContext ctx, HandshakeProtocol protocol, @Nullable Throwable failure, boolean reads) {
        waiting = null;
        busy = false;
        if (released) { // closed meanwhile; the engine could not be freed under the worker's hands
            release();
            return;
        }
        try {
            ctx.channel().config().setAutoRead(reads);
            outcome.onStepped(ctx, protocol, failure);
            outcome.onIdle(ctx);
        } catch (RuntimeException | Error e) {
            outcome.exceptionCaught(ctx, e);
        }
    }

    /** Any thread, one at a time. */
    private static @Nullable Throwable step(HandshakeProtocol protocol, byte[] record) {
        try {
            protocol.offer(record);
            return null;
        } catch (IOException | RuntimeException | LinkageError e) {
            return e;
        }
    }
}
