package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Tags;
import io.offramp.proxy.rate.RateEvents;
import java.util.concurrent.atomic.LongAdder;

/** What one limit of requests or bytes does. Thread-safe. */
public final class RateMetrics implements RateEvents {
    private final LongAdder over;
    private final LongAdder shared;

    RateMetrics(MeterScope scope, String limit, boolean dryRun) {
        Tags tags = Tags.of("limit", limit);
        over = CounterFamily.single(
                scope,
                "offramp.rate.limited",
                "Requests over a limit; mode dry-run refuses none of them",
                tags.and("mode", dryRun ? "dry-run" : "enforced"));
        shared = CounterFamily.single(
                scope,
                "offramp.rate.shared",
                "Requests that counted with another client's, because more clients came than a limit keeps apart",
                tags);
    }

    @Override
    public void onOver() {
        over.increment();
    }

    @Override
    public void onShared() {
        shared.increment();
    }
}
