package io.offramp.proxy.budget;

/**
 * What the connections of one event loop hold of a {@link MemoryBudget}. It is leased there in whole chunks, and all
 * but one is given back as soon as it is free, so that the usual request touches a counter that no other thread writes.
 * Confined to its event loop, but for {@link #heldBytes()}.
 */
public final class LoopLease {
    /** What is leased at once. */
    static final int CHUNK_BYTES = 64 << 10;

    private final MemoryBudget budget;
    private long leasedBytes;
    /** Read by others without a fence. */
    private long heldBytes;

    LoopLease(MemoryBudget budget) {
        this.budget = budget;
    }

    /** Nothing held yet, for one connection. */
    public Holding holding() {
        return new Holding(this);
    }

    /** @param bytes more that are held; less where negative */
    void add(long bytes) {
        heldBytes += bytes;
        long spare = leasedBytes - heldBytes;
        if (spare < 0) {
            lease(-spare + CHUNK_BYTES - 1 & -CHUNK_BYTES);
        } else if (spare >= 2 * CHUNK_BYTES) {
            lease(-((spare & -CHUNK_BYTES) - CHUNK_BYTES));
        }
    }

    private void lease(long bytes) {
        leasedBytes += bytes;
        budget.lease(bytes);
    }

    MemoryBudget budget() {
        return budget;
    }

    /** Held now. Any thread. */
    long heldBytes() {
        return heldBytes;
    }
}
