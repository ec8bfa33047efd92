package io.offramp.offload.device.hardware.queue;

/**
 * An RQ. Its memory comes from the pool that all RQs of a channel share (an RMP); its packets are reported in a CQ of
 * its own.
 */
public final class ReceiveQueue {
    private final int number;
    private final CompletionQueue completions;
    private long packets;
    private long bytes;
    private long mergedPackets;
    private long mergedBytes;
    private volatile QueueState state = QueueState.READY;

    /**
     * @param cqn number of the CQ
     * @param entries of the memory pool: the CQ never overruns
     */
    ReceiveQueue(int number, int cqn, int entries) {
        this.number = number;
        completions = new CompletionQueue(cqn, entries);
    }

    /** Number of the queue, which a TIR names. */
    public int number() {
        return number;
    }

    /** CQ. */
    public CompletionQueue completions() {
        return completions;
    }

    /** Device: a packet has come in. */
    public void onPacket(int payloadBytes) {
        packets++;
        bytes += payloadBytes;
    }

    /**
     * Device: reports packets that have come in.
     *
     * @param entry of the first one
     * @param segments how many; those behind it are in the next entries
     * @param payloadBytes of all
     */
    public void complete(int entry, int segments, int payloadBytes, boolean isIntact, TlsOffload tls) {
        if (segments > 1) {
            mergedPackets++;
            mergedBytes += payloadBytes;
        }
        completions.pushReceived(entry, payloadBytes, isIntact, segments, tls);
    }

    /** Device: a packet was not taken, for a fault that was asked for, or because of one before it. */
    public void onError(int entry) {
        boolean isFlushed = state == QueueState.ERROR;
        state = QueueState.ERROR;
        completions.pushReceiveError(
                entry,
                isFlushed ? Syndrome.FLUSHED : Syndrome.QUEUE_OPERATION,
                isFlushed ? Syndrome.NONE : Syndrome.FAULT);
    }

    /** State of the queue. */
    public QueueState state() {
        return state;
    }

    /** Command: makes a failed queue ready again. No packet is under way. */
    public void reset() {
        state = QueueState.READY;
    }

    /** Packets that have come in; another thread may see an older count. */
    public long packets() {
        return packets;
    }

    /** Their payload. */
    public long bytes() {
        return bytes;
    }

    /** Packets made of several by LRO. */
    public long mergedPackets() {
        return mergedPackets;
    }

    /** Their payload. */
    public long mergedBytes() {
        return mergedBytes;
    }

    void close() {
        completions.close();
    }
}
