package io.offramp.offload.device.hardware.context;

import java.util.concurrent.atomic.AtomicInteger;

/** The device's memory for contexts, counted in contexts. Thread-safe. */
public final class ContextMemory {
    private final int capacity;
    private final AtomicInteger used = new AtomicInteger();

    /** @param capacity how many contexts fit, TIS and TIR together */
    public ContextMemory(int capacity) {
        this.capacity = capacity;
    }

    /** How many contexts fit. */
    public int capacity() {
        return capacity;
    }

    /** How many there are. */
    public int used() {
        return used.get();
    }

    boolean take() {
        int seen;
        do {
            seen = used.get();
            if (seen == capacity) {
                return false;
            }
        } while (!used.compareAndSet(seen, seen + 1));
        return true;
    }

    void giveBack() {
        used.decrementAndGet();
    }
}
