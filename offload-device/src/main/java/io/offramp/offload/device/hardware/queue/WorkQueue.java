package io.offramp.offload.device.hardware.queue;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A ring of work for the device: SQ and ICOSQ in blocks of 64 bytes, RQ in entries of 16. The driver writes entries,
 * then the running index behind them to the doorbell record, which is host memory, and rings the doorbell. A ring says
 * only that the record has changed: the device reads how far it may go from there. So a ring that is late, or gets lost
 * before another one, loses no entry. The device consumes on the driver's thread or on one of its own.
 */
public final class WorkQueue {
    /** Length of a basic block of a send queue. */
    public static final int BLOCK_BYTES = 64;

    /** Most blocks that one WQE has. */
    public static final int MAX_WQE_BLOCKS = 16;

    private static final VarHandle RECORD;
    private static final VarHandle RINGS;

    static {
        try {
            RECORD = MethodHandles.lookup().findVarHandle(WorkQueue.class, "record", int.class);
            RINGS = MethodHandles.lookup().findVarHandle(WorkQueue.class, "rings", int.class);
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
    private int record;
    private int rings;
    private int ringsHeard;
    private int producer;
    private int consumer;
    private boolean losesNextRing;
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

    /** Driver: writes the doorbell record: everything before this running index is the device's. */
    public void record(int newProducer) {
        RECORD.setRelease(this, newProducer);
    }

    /** Driver: rings the doorbell: the record has changed. False where that gets lost on its way. */
    public boolean ring() {
        if (losesNextRing) {
            losesNextRing = false;
            return false;
        }
        RINGS.setRelease(this, rings + 1);
        return true;
    }

    /** Lets the next ring get lost. */
    public void loseNextRing() {
        losesNextRing = true;
    }

    /** Device: running index of the next entry to work on. */
    public int consumer() {
        return consumer;
    }

    /** Device: how many entries wait, as far as it was rung for. */
    public int waiting() {
        int rung = (int) RINGS.getAcquire(this);
        if (rung != ringsHeard) {
            ringsHeard = rung;
            fetch();
        }
        return producer - consumer;
    }

    /** Device: reads the record, as it does unrung where it needs memory to receive into. */
    public void fetch() {
        producer = (int) RECORD.getAcquire(this);
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
