package io.offramp.offload.device.hardware.queue;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.VarHandle;

/**
 * The ring of an EQ: {@link Eqe}s from the device to the driver. An entry is new while its owner bit is the parity of
 * the round that the driver is in. A CQ has one event under way at most, so the ring has room for one of each.
 */
public final class EventRing {
    /** Result of {@link #poll()} when there is nothing new. */
    public static final int EMPTY = -1;

    private static final int ENTRIES = 128;

    private final ByteBuf memory = RingMemory.allocate(ENTRIES * Eqe.BYTES);
    private int producer;
    private int consumer;

    /** Nothing has happened yet. */
    public EventRing() {
        for (int i = 0; i < ENTRIES; i++) {
            Eqe.invalidate(memory, i * Eqe.BYTES);
        }
    }

    /** The ring itself. */
    public ByteBuf memory() {
        return memory;
    }

    /** Device: a CQ has new entries. */
    public void pushCompletion(int cqn) {
        Eqe.write(memory, offset(producer), Eqe.COMPLETION, cqn, parity(producer));
        producer++;
    }

    /** Driver: offset of the next new entry in the ring, now the driver's, or {@link #EMPTY}. */
    public int poll() {
        int at = offset(consumer);
        if (!Eqe.isOwnedBy(memory, at, parity(consumer))) {
            return EMPTY;
        }
        VarHandle.acquireFence();
        consumer++;
        return at;
    }

    private static int offset(int index) {
        return (index & ENTRIES - 1) * Eqe.BYTES;
    }

    private static int parity(int index) {
        return (index & ENTRIES) == 0 ? 0 : 1;
    }

    /** Frees the ring. */
    public void close() {
        memory.release();
    }
}
