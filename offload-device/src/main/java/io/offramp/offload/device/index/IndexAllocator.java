package io.offramp.offload.device.index;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Hands out the numbers 0 to capacity - 1, the ones given back first. Lock-free, thread-safe. */
public final class IndexAllocator {
    private final int capacity;
    private final IndexStack free;
    private final AtomicInteger untouched = new AtomicInteger();

    /** @param capacity how many numbers there are */
    public IndexAllocator(int capacity) {
        this.capacity = capacity;
        free = new IndexStack(new AtomicIntegerArray(capacity));
    }

    /** A free number, or {@link IndexStack#NONE}. */
    public int allocate() {
        int index = free.pop();
        if (index != IndexStack.NONE) {
            return index;
        }
        int seen;
        do {
            seen = untouched.get();
            if (seen == capacity) {
                return free.pop();
            }
        } while (!untouched.compareAndSet(seen, seen + 1));
        return seen;
    }

    /** Gives a number back. */
    public void free(int index) {
        free.push(index);
    }

    /** How many numbers are out. */
    public int inUse() {
        return untouched.get() - free.size();
    }
}
