package io.offramp.offload.device.hardware.queue;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A ring of {@link Cqe}s from the device to the driver. An entry is new while its owner bit is the parity of the round
 * that the driver is in. As many entries as its work queue, so that it never overruns. Device and driver may be two
 * threads: the owner bit is written last and read first.
 *
 * <p>An event says that there are entries, once for each time that the driver arms the queue. The doorbell record of an
 * arm, as in mlx5, has the number of events that the driver has seen (2 bits from 28 on), and the index up to which it
 * has taken entries (24 bits): the device sends an event as soon as there is an entry behind that.
 */
public final class CompletionQueue {
    /** Result of {@link #poll()} when there is nothing new. */
    public static final int EMPTY = -1;

    private static final int EVENTS_SHIFT = 28;
    private static final int EVENTS_MASK = 3;
    private static final int INDEX_MASK = 0xff_ffff;
    private static final VarHandle CONSUMER;
    private static final VarHandle ARM;

    static {
        try {
            ARM = MethodHandles.lookup().findVarHandle(CompletionQueue.class, "arm", int.class);
            CONSUMER = MethodHandles.lookup().findVarHandle(CompletionQueue.class, "consumer", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int number;
    private final int entries;
    private final ByteBuf memory;
    private int producer;
    // Read by the device to find an overrun only.
    private int consumer;
    // At first, of no event that the device will have sent: not armed.
    private int arm = EVENTS_MASK << EVENTS_SHIFT;
    private int eventsSeen;
    private int eventsSent;

    /**
     * @param number which events name it by
     * @param entries a power of two
     */
    public CompletionQueue(int number, int entries) {
        this.number = number;
        this.entries = entries;
        memory = RingMemory.allocate(entries * Cqe.BYTES);
        for (int i = 0; i < entries; i++) {
            Cqe.invalidate(memory, i * Cqe.BYTES, 1);
        }
    }

    /** CQN. */
    public int number() {
        return number;
    }

    /** The ring itself. */
    public ByteBuf memory() {
        return memory;
    }

    /** Device: a WQE of a send queue is done. */
    public void pushSent(int wqeIndex, int byteCount) {
        push(Cqe.REQUEST, wqeIndex, byteCount, false, 1, TlsOffload.NOT_DECRYPTED, 0, 0);
    }

    /** Device: a WQE of a send queue has failed. */
    public void pushError(int wqeIndex, int syndrome, int vendorSyndrome) {
        push(Cqe.REQUEST_ERROR, wqeIndex, 0, false, 1, TlsOffload.NOT_DECRYPTED, syndrome, vendorSyndrome);
    }

    /**
     * Device: packets have come in.
     *
     * @param byteCount payload of all
     * @param isIntact whether their TCP checksums hold
     * @param segments how many, in as many entries from {@code wqeIndex} on
     */
    public void pushReceived(int wqeIndex, int byteCount, boolean isIntact, int segments, TlsOffload tls) {
        push(Cqe.RESPONSE_SEND, wqeIndex, byteCount, isIntact, segments, tls, 0, 0);
    }

    /** Device: a packet was not written to the host memory of this entry. */
    public void pushReceiveError(int entry, int syndrome, int vendorSyndrome) {
        push(Cqe.RESPONSE_ERROR, entry, 0, false, 1, TlsOffload.NOT_DECRYPTED, syndrome, vendorSyndrome);
    }

    /** Driver: offset of the next new entry in the ring, now the driver's, or {@link #EMPTY}. */
    public int poll() {
        int at = (consumer & entries - 1) * Cqe.BYTES;
        if (!Cqe.isOwnedBy(memory, at, parity(consumer))) {
            return EMPTY;
        }
        // Not before: the rest of the entry was written in front of its owner bit.
        VarHandle.acquireFence();
        CONSUMER.setOpaque(this, consumer + 1);
        return at;
    }

    /** Driver: true where there is an entry to take. */
    public boolean hasNew() {
        return Cqe.isOwnedBy(memory, (consumer & entries - 1) * Cqe.BYTES, parity(consumer));
    }

    /** Driver: wants an event for the next entry behind those that it has taken. */
    public void arm() {
        ARM.setRelease(this, (eventsSeen & EVENTS_MASK) << EVENTS_SHIFT | consumer & INDEX_MASK);
    }

    /** Driver: an event has come; there is another one only after another {@link #arm}. */
    public void onEvent() {
        eventsSeen++;
    }

    /** Device: how many entries an event is wanted for; none where the queue is not armed. */
    public int awaited() {
        int word = (int) ARM.getAcquire(this);
        boolean isArmed = (word >>> EVENTS_SHIFT & EVENTS_MASK) == (eventsSent & EVENTS_MASK);
        return isArmed ? producer - word & INDEX_MASK : 0;
    }

    /** Device: sends an event, which ends the arm. */
    public void onEventSent() {
        eventsSent++;
    }

    /** Device: running index of the next entry. */
    public int produced() {
        return producer;
    }

    private void push(
            int opcode,
            int wqeIndex,
            int byteCount,
            boolean isIntact,
            int segments,
            TlsOffload tls,
            int syndrome,
            int vendor) {
        if (producer - (int) CONSUMER.getOpaque(this) == entries) {
            throw new IllegalStateException("completion queue overrun, " + entries + " entries");
        }
        int at = (producer & entries - 1) * Cqe.BYTES;
        Cqe.write(
                memory,
                at,
                opcode,
                parity(producer),
                wqeIndex,
                byteCount,
                isIntact,
                segments,
                tls.ordinal(),
                syndrome,
                vendor);
        producer++;
    }

    private int parity(int index) {
        return (index & entries) == 0 ? 0 : 1;
    }

    /** Frees the ring. */
    public void close() {
        memory.release();
    }
}
