package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.offramp.proxy.rate.RateEvents;
import io.offramp.proxy.rate.RateLimit;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** What limits do. A limit that was only tried, and is enforced now, is the same one in another mode. Thread-safe. */
final class RateMetrics {
    private static final String DRY_RUN = "dry-run";
    private static final String ENFORCED = "enforced";

    private final MetersByName<LongAdder> shared;
    private final MetersByName<LongAdder> enforced;
    private final MetersByName<LongAdder> tried;

    private record Counting(LongAdder over, LongAdder shared) implements RateEvents {
        @Override
        public void onOver() {
            over.increment();
        }

        @Override
        public void onShared() {
            shared.increment();
        }
    }

    RateMetrics(MeterRegistry registry) {
        shared = new MetersByName<>(
                registry,
                (scope, limit) -> CounterFamily.single(
                        scope,
                        "offramp.rate.shared",
                        "Requests that counted with another client's, because more clients came than a limit keeps"
                                + " apart",
                        Tags.of("limit", limit)));
        enforced = over(registry, ENFORCED);
        tried = over(registry, DRY_RUN);
    }

    private static MetersByName<LongAdder> over(MeterRegistry registry, String mode) {
        return new MetersByName<>(
                registry,
                (scope, limit) -> CounterFamily.single(
                        scope,
                        "offramp.rate.limited",
                        "Requests over a limit; mode dry-run refuses none of them",
                        Tags.of("limit", limit, "mode", mode)));
    }

    /** Those of a limit. */
    RateEvents of(String limit, boolean dryRun) {
        return new Counting((dryRun ? tried : enforced).of(limit), shared.of(limit));
    }

    /** Removes the meters of all others. */
    void keep(Collection<RateLimit> limits) {
        Set<String> dry = names(limits, true);
        Set<String> strict = names(limits, false);
        tried.keep(dry);
        enforced.keep(strict);
        strict.addAll(dry);
        shared.keep(strict);
    }

    private static Set<String> names(Collection<RateLimit> limits, boolean dryRun) {
        return limits.stream()
                .filter(limit -> limit.dryRun() == dryRun)
                .map(RateLimit::name)
                .collect(Collectors.toSet());
    }
}
