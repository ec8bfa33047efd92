package io.offramp.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * What the server's half of a benchmark costs its thread, where the client's half runs in between: {@code -prof
 * io.offramp.bench.ServerCost} adds CPU time and allocated bytes per operation. Benchmarks of one thread only.
 */
public final class ServerCost implements InternalProfiler {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static long operations;
    private static long cpuNs;
    private static long bytes;

    /** The clocks as they were when the server's part began. */
    record Mark(long cpuNs, long bytes) {
        static Mark now() {
            return new Mark(THREADS.getCurrentThreadCpuTime(), THREADS.getCurrentThreadAllocatedBytes());
        }

        /** Counts what was used since. */
        void add() {
            Mark end = now();
            ServerCost.cpuNs += end.cpuNs - cpuNs;
            ServerCost.bytes += end.bytes - bytes;
        }
    }

    /** One more operation is complete. */
    static void onOperation() {
        operations++;
    }

    @Override
    public String getDescription() {
        return "CPU time and allocation of the server's half";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        operations = 0;
        cpuNs = 0;
        bytes = 0;
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double count = Math.max(1, operations);
        return List.of(
                new ScalarResult("server.cpu", cpuNs / count / 1000, "us/op", AggregationPolicy.AVG),
                new ScalarResult("server.alloc", bytes / count, "B/op", AggregationPolicy.AVG));
    }
}
