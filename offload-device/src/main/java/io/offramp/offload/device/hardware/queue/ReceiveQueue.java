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

    /** @param entries of the memory pool: the CQ never overruns */
    ReceiveQueue(int number, int entries) {
        this.number = number;
        completions = new CompletionQueue(entries);
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
    public void onPacket(int entry, int payloadBytes, boolean isIntact, TlsOffload tls) {
        packets++;
        bytes += payloadBytes;
        completions.pushReceived(entry, payloadBytes, isIntact, tls);
    }

    /** Packets that have come in; another thread may see an older count. */
    public long packets() {
        return packets;
    }

    /** Their payload. */
    public long bytes() {
        return bytes;
    }

    void close() {
        completions.close();
    }
}
