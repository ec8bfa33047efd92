package io.offramp.proxy.server;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The memory of this process: how much it is, and how to give back what is not in use. */
final class ProcessMemory {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessMemory.class);

    private static final Path STATUS = Path.of("/proc/self/status");

    /** A loop that is busy for longer keeps its buffers until the next time. */
    private static final long LOOP_LIMIT_MS = 200;

    private final EventLoopGroup loops;
    private final LongAdder trims;

    /**
     * Memory of the process with these event loops.
     *
     * @param trims counts how often memory was given back
     */
    ProcessMemory(EventLoopGroup loops, LongAdder trims) {
        this.loops = loops;
        this.trims = trims;
    }

    /** Used heap, garbage included. */
    long usedHeapBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Resident memory, {@code VmRSS} of proc_pid_status(5); 0 if the kernel does not say. Reads a file. */
    long residentBytes() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            LOG.debug("{} cannot be read", STATUS, e);
            return 0;
        }
    }

    /**
     * Gives back free buffers, the free part of the heap by one full collection, and what the C library keeps of freed
     * memory. Blocks; the JVM pauses.
     */
    void trim() {
        long before = residentBytes();
        long beganNs = System.nanoTime();
        trimBuffers();
        System.gc();
        trimNative();
        trims.increment();
        LOG.info(
                "memory: quiet after a peak: {} MiB resident, {} MiB before, in {} ms",
                residentBytes() >> 20,
                before >> 20,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs));
    }

    /** Each loop has a cache of its own. */
    private void trimBuffers() {
        List<Future<?>> trimmed = new ArrayList<>();
        for (EventExecutor loop : loops) {
            trimmed.add(loop.submit(ProcessMemory::trimThisLoop));
        }
        trimmed.forEach(future -> future.awaitUninterruptibly(LOOP_LIMIT_MS));
    }

    /** malloc_trim(3), by the JVM's own command: most of it is what the compilers have freed. */
    private static void trimNative() {
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "systemTrimNativeHeap",
                            new Object[0],
                            new String[0]);
        } catch (JMException e) {
            LOG.debug("this JVM does not trim the C library's memory", e);
        }
    }

    /** Netty's first trim keeps as many buffers as were taken from the cache since the last one; the second none. */
    private static void trimThisLoop() {
        PooledByteBufAllocator.DEFAULT.trimCurrentThreadCache();
        PooledByteBufAllocator.DEFAULT.trimCurrentThreadCache();
    }
}
