package io.offramp.proxy.budget;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts buffers that could not be allocated. The connection that needed the buffer closes without a stack trace,
 * because it is not at fault. The {@link MemoryBudget} reads the count and sheds. Direct memory belongs to the process,
 * and so does the count. Thread-safe.
 */
public final class BufferFailures {
    private static final LongAdder FAILURES = new LongAdder();

    private BufferFailures() {}

    /** @return true if a failure is of this kind: it is then counted, and deserves one short log line */
    public static boolean counts(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            FAILURES.increment();
            return true;
        }
        return false;
    }

    /** Failures so far. */
    static long count() {
        return FAILURES.sum();
    }
}
