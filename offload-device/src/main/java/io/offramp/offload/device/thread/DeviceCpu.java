package io.offramp.offload.device.thread;

import io.netty.util.concurrent.FastThreadLocalThread;
import io.offramp.offload.counter.OffloadCounter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The CPU time of the device's own threads, living and ended: what a real device would do in silicon, and what is to be
 * taken off before the host's share is compared. Threads register themselves. Thread-safe.
 */
public final class DeviceCpu {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Set<Long> living = new HashSet<>();
    private long endedNs;

    /**
     * Makes daemon threads that are counted here, from their start until their end.
     *
     * @param name {@code offramp-device} gives {@code offramp-device-1} and so on
     */
    public ThreadFactory threads(String name) {
        AtomicInteger last = new AtomicInteger();
        return task -> {
            Thread thread = new FastThreadLocalThread(() -> run(task), name + "-" + last.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Runs a thread's whole task on that thread, and counts what it costs. */
    public void run(Runnable task) {
        long id = Thread.currentThread().threadId();
        synchronized (living) {
            living.add(id);
        }
        try {
            task.run();
        } finally {
            // Measured under the lock: the sum must not have seen more than is kept.
            synchronized (living) {
                living.remove(id);
                endedNs += nsOf(id);
            }
        }
    }

    /** CPU time so far, in nanoseconds; only grows. 0 where the JVM does not measure it. */
    public long ns() {
        synchronized (living) {
            long ns = endedNs;
            for (long id : living) {
                ns += nsOf(id);
            }
            return ns;
        }
    }

    /** Published as {@code device_cpu_ns}. */
    public OffloadCounter counter() {
        return new OffloadCounter(
                "device_cpu_ns", "CPU time of the device's own threads", OffloadCounter.Kind.COUNTER, this::ns);
    }

    private static long nsOf(long id) {
        return THREADS.isThreadCpuTimeSupported() ? Math.max(0, THREADS.getThreadCpuTime(id)) : 0;
    }
}
