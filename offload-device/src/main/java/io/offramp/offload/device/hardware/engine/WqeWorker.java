package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.offramp.offload.device.hardware.context.ContextCache;
import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.key.DekTable;
import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.MemoryRegions;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.ParamsWqe;
import io.offramp.offload.device.hardware.queue.PsvWqe;
import io.offramp.offload.device.hardware.queue.QueueState;
import io.offramp.offload.device.hardware.queue.Syndrome;
import io.offramp.offload.device.hardware.queue.WorkQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Does what the WQEs of send queues ask for, one after the other, and completes them. A WQE that is not done, for
 * whatever reason, leaves its context so that nothing behind it can be done in its place: without params, or without a
 * position. Confined to the engine's thread.
 */
final class WqeWorker {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(WqeWorker.class);
    private static final int NEVER = -1;

    private final ContextTable tises;
    private final ContextTable tirs;
    private final DekTable deks;
    private final MemoryRegions regions;
    private final TxEngine tx;
    private final ContextCache cache;
    private final BooleanSupplier isUp;
    private @Nullable Port port;
    private @Nullable QueueObserver observer;
    private boolean failsNextSend;
    private int failsAfter = NEVER;
    private int refusal;
    private long bytesWorked;

    WqeWorker(
            ContextTable tises,
            ContextTable tirs,
            DekTable deks,
            MemoryRegions regions,
            TxEngine tx,
            ContextCache cache,
            BooleanSupplier isUp) {
        this.cache = cache;
        this.tises = tises;
        this.tirs = tirs;
        this.deks = deks;
        this.regions = regions;
        this.tx = tx;
        this.isUp = isUp;
    }

    /** Where packets leave; null for the host memory that a WQE names. */
    void port(@Nullable Port newPort) {
        port = newPort;
    }

    /** Who sees what is done; null for nobody. */
    void observer(QueueObserver newObserver) {
        observer = newObserver;
    }

    /** Lets the next SEND or LSO fail with nothing of it done. */
    void failNextSend() {
        failsNextSend = true;
    }

    /** Makes a WQE fail, with nothing of it done: the one behind this number of others. NOPs do not count. */
    void failAfter(int wqes) {
        failsAfter = wqes;
    }

    /** Payload bytes so far. */
    long bytesWorked() {
        return bytesWorked;
    }

    /** Works on the next WQE of a queue; false if none waits. */
    boolean workOne(WorkQueue queue, CompletionQueue completions) {
        if (queue.waiting() <= 0) {
            return false;
        }
        int index = queue.consumer();
        int at = queue.offset(index);
        int blocks = blocks(queue, index, at);
        if (blocks == 0) {
            queue.consume(queue.waiting());
            queue.onError();
            completions.pushError(index, Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
        } else {
            queue.consume(blocks);
            execute(queue, at, index, completions);
        }
        return true;
    }

    /** Length of a WQE in blocks; 0 if it is not one. */
    private static int blocks(WorkQueue queue, int index, int at) {
        ByteBuf ring = queue.memory();
        int octowords = ControlSegment.octowords(ring, at);
        int bytes = octowords * ControlSegment.OCTOWORD_BYTES;
        int blocks = Math.ceilDiv(bytes, WorkQueue.BLOCK_BYTES);
        boolean isSound = octowords > 0
                && blocks <= queue.waiting()
                && at + bytes <= ring.capacity()
                && ControlSegment.wqeIndex(ring, at) == (index & 0xffff)
                && ControlSegment.queueNumber(ring, at) == queue.number();
        return isSound ? blocks : 0;
    }

    private void execute(WorkQueue queue, int at, int index, CompletionQueue completions) {
        ByteBuf ring = queue.memory();
        int syndrome = Syndrome.QUEUE_OPERATION;
        int vendor;
        int done = 0;
        QueueObserver watching = observer;
        if (watching != null) {
            watching.beforeWqe(ring, at, named(ring, at));
        }
        if (queue.state() == QueueState.ERROR || !isUp.getAsBoolean()) {
            syndrome = Syndrome.FLUSHED;
            vendor = Syndrome.NONE;
        } else {
            try {
                done = perform(queue, at);
                vendor = done < 0 ? tx.vendorSyndrome() : refusal;
                syndrome = done < 0 ? tx.syndrome() : vendor == Syndrome.NONE ? 0 : syndrome;
                if (syndrome == 0) {
                    letOut(ring, at, done, watching);
                }
            } catch (Throwable e) {
                // The JVM's errors, too: the poster waits for a completion.
                LOG.error("WQE {} of queue {} failed", index, queue.number(), e);
                syndrome = Syndrome.QUEUE_OPERATION;
                vendor = Syndrome.INTERNAL;
            }
        }
        if (syndrome == 0) {
            bytesWorked += done;
            if (ControlSegment.wantsCompletion(ring, at)) {
                completions.pushSent(index, done);
            }
            return;
        }
        if (syndrome != Syndrome.FLUSHED) {
            // What is behind it may rely on it.
            queue.onError();
        }
        // One that found its context elsewhere has not moved it.
        if (vendor != Syndrome.SEQUENCE) {
            abandon(ring, at);
        }
        if (watching != null) {
            watching.afterWqe(ring, at, named(ring, at), 0, syndrome, vendor);
        }
        completions.pushError(index, syndrome, vendor);
    }

    /** Bytes done, or -1 if {@link #tx} says why not; {@link #refusal} is why anything else was not done. */
    private int perform(WorkQueue queue, int at) {
        ByteBuf ring = queue.memory();
        refusal = Syndrome.NONE;
        if (ControlSegment.isFenced(ring, at)) {
            queue.onFence();
        }
        int opcode = ControlSegment.opcode(ring, at);
        boolean isPayload = opcode == Opcode.SEND || opcode == Opcode.LSO || opcode == Opcode.DUMP;
        if (opcode != Opcode.NOP && isToFail(opcode)) {
            refusal = Syndrome.FAULT;
        } else if (isPayload && queue.hasUnfencedParams()) {
            refusal = Syndrome.NOT_FENCED;
        } else {
            switch (opcode) {
                case Opcode.NOP -> {}
                case Opcode.SEND, Opcode.LSO -> {
                    touch(ring, at);
                    return tx.send(ring, at);
                }
                case Opcode.DUMP -> {
                    touch(ring, at);
                    return tx.dump(ring, at);
                }
                case Opcode.GET_PSV -> refusal = storeProgress(ring, at);
                case Opcode.UMR -> refusal = loadStatic(queue, at);
                case Opcode.SET_PSV -> refusal = loadProgress(queue, at);
                default -> refusal = Syndrome.MALFORMED;
            }
        }
        return 0;
    }

    private void touch(ByteBuf ring, int at) {
        int tis = ControlSegment.tisTir(ring, at);
        if (tis != ContextTable.NONE) {
            cache.touchTis(tis);
        }
    }

    private void letOut(ByteBuf ring, int at, int done, @Nullable QueueObserver watching) {
        if (watching != null) {
            watching.afterWqe(ring, at, named(ring, at), done, 0, Syndrome.NONE);
        }
        if (port != null && isSend(ring, at)) {
            tx.transmit(ring, at, port);
        }
    }

    private static boolean isSend(ByteBuf ring, int at) {
        int opcode = ControlSegment.opcode(ring, at);
        return opcode == Opcode.SEND || opcode == Opcode.LSO;
    }

    private boolean isToFail(int opcode) {
        boolean fails = failsAfter == 0;
        failsAfter = Math.max(NEVER, failsAfter - 1);
        if (failsNextSend && (opcode == Opcode.SEND || opcode == Opcode.LSO)) {
            failsNextSend = false;
            fails = true;
        }
        return fails;
    }

    /**
     * A WQE was not done. Params that are not in effect must not be taken for in effect by what is posted behind them,
     * and what is posted behind a send or a DUMP must not find the context waiting for a first packet, and take its
     * sequence from the wrong one.
     */
    private void abandon(ByteBuf ring, int at) {
        TlsContext context = named(ring, at);
        if (context != null) {
            switch (ControlSegment.opcode(ring, at)) {
                case Opcode.UMR, Opcode.SET_PSV -> context.poison();
                case Opcode.SEND, Opcode.LSO, Opcode.DUMP -> context.lose();
                default -> {}
            }
        }
    }

    /** The context that a WQE names. */
    private @Nullable TlsContext named(ByteBuf ring, int at) {
        int modifier = ControlSegment.modifier(ring, at);
        return switch (ControlSegment.opcode(ring, at)) {
            case Opcode.UMR -> context(modifier, ControlSegment.tisTir(ring, at));
            case Opcode.SET_PSV -> context(modifier, ParamsWqe.progressContext(ring, at));
            case Opcode.GET_PSV -> context(modifier, PsvWqe.context(ring, at));
            case Opcode.SEND, Opcode.LSO, Opcode.DUMP -> tises.get(ControlSegment.tisTir(ring, at));
            default -> null;
        };
    }

    private int loadStatic(WorkQueue queue, int at) {
        ByteBuf ring = queue.memory();
        if (ControlSegment.octowords(ring, at) != ParamsWqe.STATIC_OCTOWORDS || !ParamsWqe.hasStaticParams(ring, at)) {
            return Syndrome.MALFORMED;
        }
        TlsContext context = context(ControlSegment.modifier(ring, at), ControlSegment.tisTir(ring, at));
        if (context == null) {
            return Syndrome.NO_CONTEXT;
        }
        queue.onParams();
        return context.loadStatic(ring, at + ParamsWqe.STATIC_PARAMS, deks) ? Syndrome.NONE : Syndrome.MALFORMED;
    }

    private int loadProgress(WorkQueue queue, int at) {
        ByteBuf ring = queue.memory();
        if (ControlSegment.octowords(ring, at) != ParamsWqe.PROGRESS_OCTOWORDS) {
            return Syndrome.MALFORMED;
        }
        TlsContext context = context(ControlSegment.modifier(ring, at), ParamsWqe.progressContext(ring, at));
        if (context == null || !context.hasKey()) {
            return Syndrome.NO_CONTEXT;
        }
        queue.onParams();
        return context.loadProgress(ring, at + ParamsWqe.PROGRESS_PARAMS) ? Syndrome.NONE : Syndrome.MALFORMED;
    }

    private int storeProgress(ByteBuf ring, int at) {
        if (ControlSegment.octowords(ring, at) != PsvWqe.OCTOWORDS || !PsvWqe.isValid(ring, at)) {
            return Syndrome.MALFORMED;
        }
        int number = PsvWqe.context(ring, at);
        TlsContext context = context(ControlSegment.modifier(ring, at), number);
        if (context == null) {
            return Syndrome.NO_CONTEXT;
        }
        long address = PsvWqe.address(ring, at);
        ByteBuf host = regions.resolve(PsvWqe.lkey(ring, at), address, PsvWqe.WRITE_BYTES);
        if (host == null) {
            return Syndrome.MALFORMED;
        }
        host.setZero((int) address, PsvWqe.WRITE_BYTES);
        host.setInt((int) address, number);
        context.storeProgress(host, (int) address + PsvWqe.PROGRESS_PARAMS);
        return Syndrome.NONE;
    }

    private @Nullable TlsContext context(int modifier, int number) {
        return switch (modifier) {
            case Opcode.MODIFIER_TIS -> tises.get(number);
            case Opcode.MODIFIER_TIR -> tirs.get(number);
            default -> null;
        };
    }
}
