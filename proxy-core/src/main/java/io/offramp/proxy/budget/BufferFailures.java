package io.offramp.proxy.budget;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts buffers that could not be had. Whose buffer it was closes its connection, without a stack trace, for the fault
 * is none of its own; the {@link MemoryBudget} sees the count and sheds. Direct memory is the process's, and so is the
 * count. Thread-safe.
 */
public final class BufferFailures {
    private static final LongAdder FAILURES = new LongAdder();

    private BufferFailures() {}

    /** @return whether a failure is of this kind: then it is counted, and not worth more than a word */
    public static boolean counts(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            FAILURES.increment();
            return true;
        }
        return false;
    }

    /** All so far. */
    static long count() {
        return FAILURES.sum();
    }
}
