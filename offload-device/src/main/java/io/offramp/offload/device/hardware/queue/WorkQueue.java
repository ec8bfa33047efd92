package io.offramp.offload.device.hardware.queue;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A ring of work for the device: SQ and ICOSQ in blocks of 64 bytes, RQ in entries of 16. The driver writes entries and
 * rings the doorbell; the device consumes, on the same thread or on one of its own.
 */
public final class WorkQueue {
    /** Length of a basic block of a send queue. */
    public static final int BLOCK_BYTES = 64;

    /** Most blocks that one WQE has. */
    public static final int MAX_WQE_BLOCKS = 16;

    private static final VarHandle PRODUCER;

    static {
        try {
            PRODUCER = MethodHandles.lookup().findVarHandle(WorkQueue.class, "producer", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int number;
    private final int entryBytes;
    private final int entries;
    private final ByteBuf memory;
    // Written by the driver behind the entries, read by the device in front of them: release and acquire, for a full
    // fence costs an inline engine more than the rest of a doorbell.
    private int producer;
    private int consumer;
    private boolean hasUnfencedParams;
    private volatile QueueState state = QueueState.READY;

    /**
     * @param number of the queue, 24 bits
     * @param entries a power of two
     * @param entryBytes length of one
     */
    public WorkQueue(int number, int entries, int entryBytes) {
        this.number = number;
        this.entries = entries;
        this.entryBytes = entryBytes;
        memory = RingMemory.allocate(entries * entryBytes);
    }

    /** Number of the queue. */
    public int number() {
        return number;
    }

    /** Length of the ring in entries. */
    public int entries() {
        return entries;
    }

    /** The ring itself. */
    public ByteBuf memory() {
        return memory;
    }

    /** Where in the ring the entry with this running index lies, in bytes. */
    public int offset(int index) {
        return (index & entries - 1) * entryBytes;
    }

    /** Driver: everything before this running index is the device's. */
    public void doorbell(int newProducer) {
        PRODUCER.setRelease(this, newProducer);
    }

    /** Device: running index of the next entry to work on. */
    public int consumer() {
        return consumer;
    }

    /** Device: how many entries wait. */
    public int waiting() {
        return (int) PRODUCER.getAcquire(this) - consumer;
    }

    /** Device: these entries are done. */
    public void consume(int count) {
        consumer += count;
    }

    /** Device: params were loaded; a fence of this queue puts them in effect, and other queues do not wait for it. */
    public void onParams() {
        hasUnfencedParams = true;
    }

    /** Device: everything before in this queue is in effect. */
    public void onFence() {
        hasUnfencedParams = false;
    }

    /** Device: whether a packet of this queue would find params that may not be in effect. */
    public boolean hasUnfencedParams() {
        return hasUnfencedParams;
    }

    /** State of a send queue. */
    public QueueState state() {
        return state;
    }

    /** Device: something has failed. */
    public void onError() {
        state = QueueState.ERROR;
    }

    /** Command: makes a failed queue ready again. All of it has been flushed. */
    public void reset() {
        hasUnfencedParams = false;
        state = QueueState.READY;
    }

    /** Frees the ring. */
    public void close() {
        memory.release();
    }
}
