package io.offramp.offload.device.index;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A lock-free stack of small numbers that allocates nothing. Several stacks may share their links as long as a number
 * is on one of them at a time. Thread-safe.
 */
public final class IndexStack {
    /** Result of {@link #pop()} when there is nothing. */
    public static final int NONE = -1;

    private static final long INDEX_MASK = 0xffff_ffffL;

    private final AtomicIntegerArray links;
    // Upper half: a count of changes, so that a head popped and pushed again meanwhile does not pass for unchanged.
    private final AtomicLong head = new AtomicLong(INDEX_MASK);
    private final AtomicInteger size = new AtomicInteger();

    /** @param links one per number */
    public IndexStack(AtomicIntegerArray links) {
        this.links = links;
    }

    /** Puts a number on top; it must not be on any stack with the same links. */
    public void push(int index) {
        long seen;
        do {
            seen = head.get();
            links.set(index, (int) seen);
        } while (!head.compareAndSet(seen, next(seen, index)));
        size.incrementAndGet();
    }

    /** Takes the number on top, or {@link #NONE}. */
    public int pop() {
        while (true) {
            long seen = head.get();
            int index = (int) seen;
            if (index == NONE) {
                return NONE;
            }
            if (head.compareAndSet(seen, next(seen, links.get(index)))) {
                size.decrementAndGet();
                return index;
            }
        }
    }

    /** Count of numbers on it. Exact only if no thread changes it meanwhile. */
    public int size() {
        return size.get();
    }

    private static long next(long seen, int index) {
        return (seen >>> 32) + 1 << 32 | index & INDEX_MASK;
    }
}
