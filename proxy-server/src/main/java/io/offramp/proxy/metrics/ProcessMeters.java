package io.offramp.proxy.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes meters of libraries follow Prometheus' rules: a help text, base units, no suffix that means a histogram. */
final class ProcessMeters implements MeterFilter {
    private static final String CPU_TIME_NS = "process.cpu.time";
    private static final Map<String, String> NAMES = Map.of("system.cpu.count", "system.cpus");
    private static final Map<String, String> HELP = Map.of(
            "netty.allocator.memory.used", "Memory that an allocator of Netty has taken from the system",
            "netty.allocator.memory.pinned", "Memory of an allocator of Netty that is in buffers now",
            "netty.allocator.pooled.arenas", "Arenas of a pooled allocator",
            "netty.allocator.pooled.cache.size", "Entries of an allocator's caches for threads",
            "netty.allocator.pooled.threadlocal.caches", "Threads with caches of an allocator",
            "netty.allocator.pooled.chunk.size", "Size of an allocator's chunks, in bytes");

    @Override
    public MeterFilterReply accept(Meter.Id id) {
        return id.getName().equals(CPU_TIME_NS) ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
    }

    @Override
    public Meter.Id map(Meter.Id id) {
        String name = NAMES.getOrDefault(id.getName(), id.getName());
        @Nullable String help = id.getDescription() == null ? HELP.get(id.getName()) : id.getDescription();
        return new Meter.Id(name, Tags.of(id.getTags()), id.getBaseUnit(), help, id.getType());
    }

    /** In place of a library's meter in nanoseconds, under the name that Prometheus' own clients use. */
    static void bindCpuTime(MeterRegistry registry) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            FunctionCounter.builder("process.cpu", system, each -> each.getProcessCpuTime() / 1e9)
                    .baseUnit("seconds")
                    .description("CPU time of this process")
                    .register(registry);
        }
    }
}
