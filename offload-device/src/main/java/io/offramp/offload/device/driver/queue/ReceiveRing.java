package io.offramp.offload.device.driver.queue;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.DataSegment;
import io.offramp.offload.device.hardware.queue.WorkQueue;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The driver's side of an RQ: posts host memory and hands each packet's completion to the handler of the memory that it
 * lies in.
 */
public final class ReceiveRing {
    private final WorkQueue queue;
    private final CompletionQueue completions;
    private final IntConsumer doorbell;
    private final @Nullable CompletionHandler[] handlers;
    private int producer;
    private int completed;

    /** @param doorbell takes the new running index of the producer */
    public ReceiveRing(WorkQueue queue, CompletionQueue completions, IntConsumer doorbell) {
        this.queue = queue;
        this.completions = completions;
        this.doorbell = doorbell;
        handlers = new CompletionHandler[queue.entries()];
    }

    /** True where one more packet can be posted for. */
    public boolean hasRoom() {
        return producer - completed < queue.entries();
    }

    /** True where no packet is waited for. */
    public boolean isIdle() {
        return producer == completed;
    }

    /** Posts memory for one packet and rings the doorbell. */
    public void post(int lkey, int address, int bytes, CompletionHandler handler) {
        DataSegment.write(queue.memory(), queue.offset(producer), bytes, lkey, address);
        handlers[producer & queue.entries() - 1] = handler;
        doorbell.accept(++producer);
    }

    /** Takes all completions that are there. */
    public void poll() {
        for (int cqe = completions.poll(); cqe != CompletionQueue.EMPTY; cqe = completions.poll()) {
            ByteBuf ring = completions.memory();
            int slot = Cqe.wqeCounter(ring, cqe) & queue.entries() - 1;
            CompletionHandler handler = handlers[slot];
            handlers[slot] = null;
            completed++;
            if (handler != null) {
                handler.onCompletion(ring, cqe);
            }
        }
    }
}
