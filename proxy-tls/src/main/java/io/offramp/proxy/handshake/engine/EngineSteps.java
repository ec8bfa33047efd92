package io.offramp.proxy.handshake.engine;

import io.netty.channel.ChannelHandlerContext;
import io.offramp.proxy.channel.ReadGate;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Steps the engine of one handshake, and frees it. Steps run on the event loop, at once or when the {@link LoopShare}
 * allows. Those that are expensive by the settings run on the worker, one at a time, and their results return to the
 * event loop, where all methods are called. While a step waits, the channel does not read. A step that has not begun
 * when its handshake ends is never made: a flood of handshakes whose clients leave costs nothing, and the waiting steps
 * are bounded by the open handshakes.
 */
final class EngineSteps {
    /** Receives the results. Called on the event loop. */
    interface Outcome {
        /**
         * The engine has taken a record.
         *
         * @param failure null if it was accepted
         */
        void onStepped(ChannelHandlerContext ctx, HandshakeEngine engine, @Nullable Throwable failure);

        /** A record of this type may not come now. */
        void onOutOfPlace(ChannelHandlerContext ctx, int type);

        /** The engine could not be made, or the worker refused the step. */
        void onRejected(ChannelHandlerContext ctx, HandshakeFailure failure);

        /** A step that waited has ended: records received meanwhile may be offered. */
        void onIdle(ChannelHandlerContext ctx);

        /** A step has thrown where no pipeline catches it: at the begin, or after it waited. */
        void exceptionCaught(ChannelHandlerContext ctx, Throwable cause);
    }

    /** A step in a queue; cancelling leaves only an empty shell there. */
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

        /** @return false if it has begun */
        boolean callOff() {
            return step.getAndSet(null) != null;
        }
    }

    private final EngineSettings settings;
    private final Outcome outcome;
    private @Nullable HandshakeEngine engine;
    private @Nullable Waiting waiting;
    private boolean busy;
    private boolean withWorker;
    private Release released = Release.NONE;

    private enum Release {
        NONE,
        /** The handshake is complete, or was given up. */
        QUIET,
        /** The peer has broken it. */
        BROKEN
    }

    EngineSteps(EngineSettings settings, Outcome outcome) {
        this.settings = settings;
        this.outcome = outcome;
    }

    /** Made when first needed: most port scans never get that far. */
    HandshakeEngine engine() throws IOException {
        HandshakeEngine started = engine;
        if (started == null) {
            started = settings.start();
            engine = started;
        }
        return started;
    }

    /** Whether a step waits or is on the worker: no other may be offered. */
    boolean isBusy() {
        return busy;
    }

    /** Whether the worker has the engine: no other thread may touch it. */
    boolean isWithWorker() {
        return withWorker;
    }

    /**
     * Makes the engine of a client, which has its hello in the output. Nothing is thrown: a pipeline removes a handler
     * that throws while it is added, and the listener would wait for ever.
     */
    void begin(ChannelHandlerContext ctx) {
        share(ctx, () -> {
            try {
                outcome.onStepped(ctx, engine(), null);
            } catch (IOException e) {
                outcome.onRejected(ctx, EngineFailures.classify(e, settings.role()));
            } catch (RuntimeException | Error e) {
                outcome.exceptionCaught(ctx, e);
            }
        });
    }

    /** @param record whole, header included, of this outer type */
    void offer(ChannelHandlerContext ctx, int type, byte[] record) {
        share(ctx, () -> take(ctx, type, record));
    }

    private void share(ChannelHandlerContext ctx, Runnable step) {
        LoopShare share = LoopShare.of(ctx.executor());
        if (share.isLeft()) {
            share.make(step);
        } else {
            pause(ctx);
            waiting = new Waiting(() -> resume(ctx, step));
            share.defer(waiting);
        }
    }

    private void take(ChannelHandlerContext ctx, int type, byte[] record) {
        HandshakeEngine protocol;
        try {
            protocol = engine();
        } catch (IOException e) {
            outcome.onRejected(ctx, EngineFailures.classify(e, settings.role()));
            return;
        }
        switch (protocol.verdict(type)) {
            case OFFER -> {
                if (protocol.isExpensive(type)) {
                    offerToWorker(ctx, protocol, record);
                } else {
                    outcome.onStepped(ctx, protocol, step(protocol, record));
                }
            }
            case REFUSE -> outcome.onOutOfPlace(ctx, type);
            case DROP -> {}
        }
    }

    /**
     * Wipes what the engine holds, as soon as the worker has released it. May be called more than once.
     *
     * @param broken by the peer
     */
    void release(boolean broken) {
        if (released != Release.BROKEN) {
            released = broken ? Release.BROKEN : Release.QUIET;
        }
        if (waiting != null && waiting.callOff()) {
            busy = false;
            withWorker = false;
        }
        waiting = null;
        if (engine != null && !withWorker) {
            if (released == Release.BROKEN) {
                engine.onBroken();
            }
            engine.destroy();
            engine = null;
        }
    }

    private void offerToWorker(ChannelHandlerContext ctx, HandshakeEngine protocol, byte[] record) {
        pause(ctx);
        withWorker = true;
        Waiting step = new Waiting(() -> {
            Throwable failure = step(protocol, record);
            try {
                ctx.executor().execute(() -> resume(ctx, () -> outcome.onStepped(ctx, protocol, failure)));
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
            withWorker = false;
            outcome.onRejected(ctx, new HandshakeFailure(Reason.INTERNAL, "worker takes no more handshakes", e));
        }
    }

    private void pause(ChannelHandlerContext ctx) {
        busy = true;
        ReadGate.of(ctx.channel()).hold(ReadGate.Holder.HANDSHAKE);
    }

    /** Continues after a step that waited, on the event loop. */
    private void resume(ChannelHandlerContext ctx, Runnable stepped) {
        waiting = null;
        busy = false;
        withWorker = false;
        if (released != Release.NONE) { // closed meanwhile; the engine could not be freed while the worker had it
            release(false);
            return;
        }
        try {
            ReadGate.of(ctx.channel()).release(ReadGate.Holder.HANDSHAKE);
            stepped.run();
            outcome.onIdle(ctx);
        } catch (RuntimeException | Error e) {
            outcome.exceptionCaught(ctx, e);
        }
    }

    /**
     * Any thread, one at a time. Even an error ends this handshake only: if the worker lost it, the handshake would
     * wait for ever.
     */
    private static @Nullable Throwable step(HandshakeEngine protocol, byte[] record) {
        try {
            protocol.offer(record);
            return null;
        } catch (IOException | RuntimeException | Error e) {
            return e;
        }
    }
}
