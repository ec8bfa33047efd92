package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;

/** The meters of rules for requests, published from their first use on. Thread-safe. */
public final class RuleMetrics {
    private final ConcurrentHashMap<String, GuardMetrics> guards = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Rate, RateMetrics> rates = new ConcurrentHashMap<>();
    private final CompressionMetrics compression;
    private final MeterRegistry registry;

    private record Rate(String limit, boolean dryRun) {}

    RuleMetrics(MeterRegistry registry) {
        this.registry = registry;
        compression = new CompressionMetrics(registry);
    }

    /** Decisions of a listener's access rules; the same object each time. */
    public GuardMetrics guard(String listener) {
        return guards.computeIfAbsent(listener, name -> new GuardMetrics(registry, name));
    }

    /** What a limit does; the same object each time. */
    public RateMetrics rate(String limit, boolean dryRun) {
        return rates.computeIfAbsent(new Rate(limit, dryRun), key -> new RateMetrics(registry, limit, dryRun));
    }

    /** What compression does, over all listeners. */
    public CompressionMetrics compression() {
        return compression;
    }
}
