package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.offramp.proxy.rate.RateEvents;
import io.offramp.proxy.rate.RateLimit;
import java.util.Collection;

/** The meters of rules for requests, published from their first use on. Thread-safe. */
public final class RuleMetrics {
    private final MetersByName<GuardMetrics> guards;
    private final RateMetrics rates;
    private final CompressionMetrics compression;

    /** @param process for meters that belong to no listener */
    RuleMetrics(MeterRegistry registry, MeterScope process) {
        rates = new RateMetrics(registry);
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

    /** What a limit does; the same counters each time, until {@link #keepRates} removes them. */
    public RateEvents rate(String limit, boolean dryRun) {
        return rates.of(limit, dryRun);
    }

    /** Removes the meters of all other limits. */
    public void keepRates(Collection<RateLimit> limits) {
        rates.keep(limits);
    }

    /** What compression does, over all listeners. */
    public CompressionMetrics compression() {
        return compression;
    }
}
