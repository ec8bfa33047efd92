package io.offramp.offload.device.hardware.queue;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A ring of {@link Cqe}s from the device to the driver. An entry is new while its owner bit is the parity of the round
 * that the driver is in. As many entries as its work queue, so that it never overruns. Device and driver may be two
 * threads: the owner bit is written last and read first.
 */
public final class CompletionQueue {
    /** Result of {@link #poll()} when there is nothing new. */
    public static final int EMPTY = -1;

    private static final VarHandle CONSUMER;

    static {
        try {
            CONSUMER = MethodHandles.lookup().findVarHandle(CompletionQueue.class, "consumer", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int entries;
    private final ByteBuf memory;
    private int producer;
    // Read by the device to find an overrun only.
    private int consumer;

    /** @param entries a power of two */
    public CompletionQueue(int entries) {
        this.entries = entries;
        memory = RingMemory.allocate(entries * Cqe.BYTES);
        for (int i = 0; i < entries; i++) {
            Cqe.invalidate(memory, i * Cqe.BYTES, 1);
        }
    }

    /** The ring itself. */
    public ByteBuf memory() {
        return memory;
    }

    /** Device: a WQE of a send queue is done. */
    public void pushSent(int wqeIndex, int byteCount) {
        push(Cqe.REQUEST, wqeIndex, byteCount, false, TlsOffload.NOT_DECRYPTED, 0, 0);
    }

    /** Device: a WQE of a send queue has failed. */
    public void pushError(int wqeIndex, int syndrome, int vendorSyndrome) {
        push(Cqe.REQUEST_ERROR, wqeIndex, 0, false, TlsOffload.NOT_DECRYPTED, syndrome, vendorSyndrome);
    }

    /**
     * Device: a packet has come in.
     *
     * @param isIntact whether its TCP checksum holds
     */
    public void pushReceived(int wqeIndex, int byteCount, boolean isIntact, TlsOffload tls) {
        push(Cqe.RESPONSE_SEND, wqeIndex, byteCount, isIntact, tls, 0, 0);
    }

    /** Device: a packet was not written to the host memory of this entry. */
    public void pushReceiveError(int entry, int syndrome, int vendorSyndrome) {
        push(Cqe.RESPONSE_ERROR, entry, 0, false, TlsOffload.NOT_DECRYPTED, syndrome, vendorSyndrome);
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

    /** Device: running index of the next entry. */
    public int produced() {
        return producer;
    }

    private void push(
            int opcode, int wqeIndex, int byteCount, boolean isIntact, TlsOffload tls, int syndrome, int vendor) {
        if (producer - (int) CONSUMER.getOpaque(this) == entries) {
            throw new IllegalStateException("completion queue overrun, " + entries + " entries");
        }
        int at = (producer & entries - 1) * Cqe.BYTES;
        Cqe.write(memory, at, opcode, parity(producer), wqeIndex, byteCount, isIntact, tls.ordinal(), syndrome, vendor);
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
