package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.key.DekTable;
import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.MemoryRegions;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.ParamsWqe;
import io.offramp.offload.device.hardware.queue.PsvWqe;
import io.offramp.offload.device.hardware.queue.Syndrome;
import io.offramp.offload.device.hardware.queue.WorkQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Does what the WQEs of send queues ask for, one after the other, and completes them. Confined to the engine's thread. */
final class WqeWorker {
    private final ContextTable tises;
    private final ContextTable tirs;
    private final DekTable deks;
    private final MemoryRegions regions;
    private final TxEngine tx;
    private final BooleanSupplier isUp;
    private @Nullable Port port;
    private boolean failsNextSend;
    private long bytesWorked;

    WqeWorker(
            ContextTable tises, ContextTable tirs, DekTable deks, MemoryRegions regions, TxEngine tx,
            BooleanSupplier isUp) {
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

    /** Lets the next SEND or LSO fail with nothing of it done. */
    void failNextSend() {
        failsNextSend = true;
    }

    /** Payload bytes so far. */
    long bytesWorked() {
        return bytesWorked;
    }

    /** Works on everything that waits in a queue. */
    void work(WorkQueue queue, CompletionQueue completions) {
        while (queue.waiting() > 0) {
            int index = queue.consumer();
            int at = queue.offset(index);
            int blocks = blocks(queue, index, at);
            if (blocks == 0) {
                queue.consume(queue.waiting());
                completions.pushError(index, Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
            } else {
                queue.consume(blocks);
                execute(queue, at, index, completions);
            }
        }
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
        if (!isUp.getAsBoolean()) {
            completions.pushError(index, Syndrome.FLUSHED, Syndrome.NONE);
            return;
        }
        if (ControlSegment.isFenced(ring, at)) {
            queue.onFence();
        }
        int done = 0;
        int vendor = Syndrome.NONE;
        switch (ControlSegment.opcode(ring, at)) {
            case Opcode.NOP -> { }
            case Opcode.SEND, Opcode.LSO -> {
                if (queue.hasUnfencedParams()) {
                    vendor = Syndrome.NOT_FENCED;
                } else if (failsNextSend) {
                    failsNextSend = false;
                    vendor = Syndrome.FAULT;
                } else {
                    done = tx.send(ring, at, port);
                }
                if (vendor != Syndrome.NONE) {
                    tx.lose(ring, at);
                }
            }
            case Opcode.DUMP -> {
                if (queue.hasUnfencedParams()) {
                    vendor = Syndrome.NOT_FENCED;
                } else {
                    done = tx.dump(ring, at);
                }
            }
            case Opcode.GET_PSV -> vendor = storeProgress(ring, at);
            case Opcode.UMR -> vendor = loadStatic(queue, at);
            case Opcode.SET_PSV -> vendor = loadProgress(queue, at);
            default -> vendor = Syndrome.MALFORMED;
        }
        bytesWorked += Math.max(0, done);
        if (done < 0) {
            completions.pushError(index, tx.syndrome(), tx.vendorSyndrome());
        } else if (vendor != Syndrome.NONE) {
            completions.pushError(index, Syndrome.QUEUE_OPERATION, vendor);
        } else if (ControlSegment.wantsCompletion(ring, at)) {
            completions.pushSent(index, done);
        }
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
        if (context == null) {
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
