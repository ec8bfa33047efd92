package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;

/** The meters of rules for requests, published from their first use on. Thread-safe. */
public final class RuleMetrics {
    private final MetersByName<GuardMetrics> guards;
    private final ConcurrentHashMap<Rate, RateMetrics> rates = new ConcurrentHashMap<>();
    private final CompressionMetrics compression;
    private final MeterScope process;

    private record Rate(String limit, boolean dryRun) {}

    /** @param process for meters that belong to no listener */
    RuleMetrics(MeterRegistry registry, MeterScope process) {
        this.process = process;
        guards = new MetersByName<>(registry, GuardMetrics::new);
        compression = new CompressionMetrics(process);
    }

    /** Decisions of a listener's access rules; the same object each time, until the listener goes. */
    public GuardMetrics guard(String listener) {
        return guards.of(listener);
    }

    /** Removes the meters of all other listeners. */
    void keep(Collection<String> listeners) {
        guards.keep(listeners);
    }

    /** What a limit does; the same object each time. */
    public RateMetrics rate(String limit, boolean dryRun) {
        return rates.computeIfAbsent(new Rate(limit, dryRun), key -> new RateMetrics(process, limit, dryRun));
    }

    /** What compression does, over all listeners. */
    public CompressionMetrics compression() {
        return compression;
    }
}
