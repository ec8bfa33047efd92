package io.offramp.offload.device.hardware.steering;

/** An RQ table: the low bits of a flow's hash choose an entry, which names an RQ. */
public final class Rqt {
    /** Entries of the table. */
    public static final int ENTRIES = 128;

    private volatile int[] queues;

    /** @param count RQs that the entries are spread over evenly */
    public Rqt(int count) {
        queues = spread(count);
    }

    private static int[] spread(int count) {
        int[] entries = new int[ENTRIES];
        for (int i = 0; i < ENTRIES; i++) {
            entries[i] = i % count;
        }
        return entries;
    }

    /** Command: spreads the entries over another number of RQs. */
    public void spreadOver(int count) {
        queues = spread(count);
    }

    /** True where the entries are spread over the RQ at this place too. */
    boolean has(int queue) {
        return queue >= 0 && queue < ENTRIES && queues[queue] == queue;
    }

    /** Place of the RQ for this hash. */
    public int queueOf(int hash) {
        return queues[hash & ENTRIES - 1];
    }
}
