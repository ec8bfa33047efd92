package io.offramp.offload.device.driver.queue;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.WorkQueue;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The driver's side of a send queue, SQ or ICOSQ: finds room, posts, rings, and hands each completion to the handler
 * that came with the WQE.
 *
 * <pre>{@code
 * int wqe = ring.reserve(blocks);             // write the WQE there: ring.writeControl(...) and the rest
 * ring.post(blocks, handler);
 * ring.doorbell();
 * ring.poll();
 * }</pre>
 */
public final class SendRing {
    private static final int NOP_OCTOWORDS = 1;

    private final WorkQueue queue;
    private final CompletionQueue completions;
    private final IntConsumer doorbell;
    private final @Nullable CompletionHandler[] handlers;
    private final int[] endOf;
    private int producer;
    private int consumer;
    private final QueueHealth health = new QueueHealth();

    /** @param doorbell takes the new running index of the producer */
    public SendRing(WorkQueue queue, CompletionQueue completions, IntConsumer doorbell) {
        this.queue = queue;
        this.completions = completions;
        this.doorbell = doorbell;
        handlers = new CompletionHandler[queue.entries()];
        endOf = new int[queue.entries()];
    }

    /** The ring itself. */
    public ByteBuf memory() {
        return queue.memory();
    }

    /**
     * Finds room for a WQE, which must not wrap: the rest of a round that is too short is filled with NOPs. Where the
     * ring is full, or has failed, waits for the device.
     *
     * @param blocks at most {@link WorkQueue#MAX_WQE_BLOCKS}
     * @return offset in {@link #memory()}
     */
    public int reserve(int blocks) {
        while (!hasRoom(blocks)) {
            doorbell();
            poll();
        }
        int toEdge = queue.entries() - (producer & queue.entries() - 1);
        if (toEdge < blocks) {
            for (int i = 0; i < toEdge; i++) {
                postNop(0);
            }
        }
        return queue.offset(producer);
    }

    /** True where everything that was posted has completed. */
    public boolean isIdle() {
        return producer == consumer;
    }

    /** Running index of what comes next to complete. */
    int completed() {
        return consumer;
    }

    /** True where a WQE fits now; never in a queue that has failed, until it is reset. */
    public boolean hasRoom(int blocks) {
        int toEdge = queue.entries() - (producer & queue.entries() - 1);
        int needed = toEdge < blocks ? toEdge + blocks : blocks;
        return !health.isRecovering() && queue.entries() - (producer - consumer) >= needed;
    }

    /**
     * Writes the control segment of the WQE at the offset that {@link #reserve} gave. It always asks for a completion.
     */
    public void writeControl(int at, int opcode, int modifier, int octowords, int flags, int tisTir) {
        ControlSegment.write(
                queue.memory(),
                at,
                opcode,
                modifier,
                producer,
                queue.number(),
                octowords,
                flags | ControlSegment.CQ_UPDATE,
                tisTir);
    }

    /** The WQE at the offset that {@link #reserve} gave is written. */
    public void post(int blocks, @Nullable CompletionHandler handler) {
        int slot = producer & queue.entries() - 1;
        handlers[slot] = handler;
        producer += blocks;
        endOf[slot] = producer;
    }

    /** Posts a NOP. */
    public void postNop(int flags) {
        int at = queue.offset(producer);
        writeControl(at, Opcode.NOP, 0, NOP_OCTOWORDS, flags, 0);
        post(1, null);
    }

    /** Rings the doorbell. */
    public void doorbell() {
        doorbell.accept(producer);
    }

    /** Takes all completions that are there. */
    public void poll() {
        for (int cqe = completions.poll(); cqe != CompletionQueue.EMPTY; cqe = completions.poll()) {
            int slot = Cqe.wqeCounter(completions.memory(), cqe) & queue.entries() - 1;
            CompletionHandler handler = handlers[slot];
            handlers[slot] = null;
            consumer = endOf[slot];
            if (Cqe.opcode(completions.memory(), cqe) == Cqe.REQUEST_ERROR) {
                health.onError(completions.memory(), cqe, queue.state());
            }
            if (handler != null) {
                handler.onCompletion(completions.memory(), cqe);
            }
        }
        if (health.isRecovering() && isIdle()) {
            // As in mlx5: nothing is posted until all of it has been flushed, then the queue is reset.
            queue.reset();
            health.onRecovered();
        }
    }

    /** How the queue is. */
    public QueueHealth health() {
        return health;
    }
}
