package io.offramp.proxy.budget;

/**
 * The share of one event loop's connections in a {@link MemoryBudget}. It leases whole chunks, and returns all free
 * ones except one at once. So the usual request touches only a counter that no other thread writes. Confined to its
 * event loop, except {@link #heldBytes()}.
 */
public final class LoopLease {
    /** Bytes leased at once. */
    static final int CHUNK_BYTES = 64 << 10;

    private final MemoryBudget budget;
    private long leasedBytes;
    /** Other threads read it without a fence. */
    private long heldBytes;

    LoopLease(MemoryBudget budget) {
        this.budget = budget;
    }

    /** A holding of one connection, empty at first. */
    public Holding holding() {
        return new Holding(this);
    }

    /** @param bytes added to the held ones; negative to release */
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

    /** Bytes held now. Any thread. */
    long heldBytes() {
        return heldBytes;
    }
}
