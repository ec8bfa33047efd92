package io.offramp.offload.tck.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Runs the work of an input, and fails if it cost more memory than an input may. The fuzzer itself watches the time.
 */
public final class Bounds {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Bounds() {}

    /** The work. */
    @FunctionalInterface
    public interface Work {
        /** On one input. */
        void run() throws Exception;
    }

    /**
     * Runs on this thread; a second time if the first took too much, because that may have been loading of classes.
     *
     * @param maxBytes of the heap, allocated in all, garbage included
     * @throws IllegalStateException if it took more
     */
    public static void check(long maxBytes, Work work) throws Exception {
        if (allocatedBy(work) > maxBytes) {
            long again = allocatedBy(work);
            if (again > maxBytes) {
                throw new IllegalStateException("allocated " + again + " bytes, limit " + maxBytes);
            }
        }
    }

    private static long allocatedBy(Work work) throws Exception {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        work.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
