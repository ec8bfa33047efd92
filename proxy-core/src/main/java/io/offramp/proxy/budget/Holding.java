package io.offramp.proxy.budget;

/** One connection's share of the memory for clients. Confined to the connection's event loop. */
public final class Holding {
    private final LoopLease lease;
    private long bytes;

    Holding(LoopLease lease) {
        this.lease = lease;
    }

    /** @param now bytes held from now on */
    public void set(long now) {
        if (now != bytes) {
            lease.add(now - bytes);
            bytes = now;
        }
    }

    /** Releases everything. May be called more than once. */
    public void clear() {
        set(0);
    }

    /** Bytes held now. */
    public long bytes() {
        return bytes;
    }

    /** The budget that it is counted against. */
    public MemoryBudget budget() {
        return lease.budget();
    }
}
