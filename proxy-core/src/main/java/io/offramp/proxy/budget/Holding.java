package io.offramp.proxy.budget;

/** What one connection holds of the memory that clients share. Confined to the connection's event loop. */
public final class Holding {
    private final LoopLease lease;
    private long bytes;

    Holding(LoopLease lease) {
        this.lease = lease;
    }

    /** @param now bytes that are held now, in place of those before */
    public void set(long now) {
        if (now != bytes) {
            lease.add(now - bytes);
            bytes = now;
        }
    }

    /** Nothing is held any more. May be called more than once. */
    public void clear() {
        set(0);
    }

    /** Held now. */
    public long bytes() {
        return bytes;
    }

    /** The budget that it is counted against. */
    public MemoryBudget budget() {
        return lease.budget();
    }
}
