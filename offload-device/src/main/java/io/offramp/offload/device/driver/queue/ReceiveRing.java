package io.offramp.offload.device.driver.queue;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.DataSegment;
import io.offramp.offload.device.hardware.queue.ReceiveQueue;
import io.offramp.offload.device.hardware.queue.ReceiveQueues;
import io.offramp.offload.device.hardware.queue.WorkQueue;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The driver's side of the RQs: posts host memory, whichever RQ it is used for, and hands each packet's completion to
 * the handler of the memory that it lies in.
 */
public final class ReceiveRing {
    private final ReceiveQueues queues;
    private final WorkQueue memory;
    private final IntConsumer doorbell;
    private final @Nullable CompletionHandler[] handlers;
    private final QueueHealth health = new QueueHealth();
    private int wantedQueues;
    private int producer;
    // Entries before this one have completed; the device takes them in order, but their completions lie in several CQs.
    private int consumer;

    /** @param doorbell takes the new running index of the producer */
    public ReceiveRing(ReceiveQueues queues, IntConsumer doorbell) {
        this.queues = queues;
        this.doorbell = doorbell;
        memory = queues.memory();
        wantedQueues = queues.all().size();
        handlers = new CompletionHandler[memory.entries()];
    }

    /**
     * True where one more packet can be posted for. Never while the RQs wait for the last packet under way: to be reset
     * after a failure, or to become more or fewer.
     */
    public boolean hasRoom() {
        return !health.isRecovering() && !isResizing() && producer - consumer < memory.entries();
    }

    /** How many RQs there are, or are going to be. */
    int wantedQueues() {
        return wantedQueues;
    }

    /** Takes how many RQs there are going to be. */
    void wantQueues(int count) {
        wantedQueues = count;
    }

    /** True while there are fewer or more RQs than there are going to be. */
    boolean isResizing() {
        return wantedQueues != queues.all().size();
    }

    /** True where no packet is waited for. */
    public boolean isIdle() {
        return producer == consumer;
    }

    /** Running index of what comes next to complete. */
    int completed() {
        return consumer;
    }

    /** Posts memory for one packet; gives the entry, by which a CQE names the first packet that it is for. */
    public int post(int lkey, int address, int bytes, CompletionHandler handler) {
        int entry = producer;
        DataSegment.write(memory.memory(), memory.offset(entry), bytes, lkey, address);
        handlers[slot(entry)] = handler;
        doorbell.accept(++producer);
        return entry & 0xffff;
    }

    /** Takes all completions that are there. */
    public void poll() {
        List<ReceiveQueue> all = queues.all();
        for (int i = 0; i < all.size(); i++) {
            poll(all.get(i));
        }
        if (health.isRecovering() && isIdle()) {
            all.forEach(ReceiveQueue::reset);
            health.onRecovered();
        }
    }

    /** How the RQs are. */
    public QueueHealth health() {
        return health;
    }

    private void poll(ReceiveQueue queue) {
        CompletionQueue completions = queue.completions();
        for (int cqe = completions.poll(); cqe != CompletionQueue.EMPTY; cqe = completions.poll()) {
            ByteBuf ring = completions.memory();
            int first = Cqe.wqeCounter(ring, cqe);
            if (Cqe.opcode(ring, cqe) == Cqe.RESPONSE_ERROR) {
                health.onError(ring, cqe, queue.state());
            }
            int segments = Cqe.segments(ring, cqe);
            for (int i = 0; i < segments; i++) {
                complete(slot(first + i), ring, cqe);
            }
        }
    }

    private void complete(int slot, ByteBuf ring, int cqe) {
        CompletionHandler handler = handlers[slot];
        handlers[slot] = null;
        while (consumer != producer && handlers[slot(consumer)] == null) {
            consumer++;
        }
        if (handler != null) {
            handler.onCompletion(ring, cqe);
        }
    }

    private int slot(int index) {
        return index & memory.entries() - 1;
    }
}
