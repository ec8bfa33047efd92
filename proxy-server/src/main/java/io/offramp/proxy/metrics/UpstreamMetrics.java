package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.offramp.proxy.upstream.UpstreamEvents;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Events of one upstream. Resolved once per upstream; thread-safe; called on event loops. */
public final class UpstreamMetrics implements UpstreamEvents {
    private final LongAdder connectFailures;
    private final LongAdder retries;
    private final LongAdder poolHits;
    private final Timer connectDuration;

    UpstreamMetrics(MeterRegistry registry, String name) {
        Tags upstream = Tags.of("upstream", name);
        connectFailures = CounterFamily.single(
                registry, "offramp.upstream.connect.failures", "Failed connects to an upstream", upstream);
        retries = CounterFamily.single(
                registry, "offramp.upstream.retries", "Requests sent again on another connection", upstream);
        poolHits = CounterFamily.single(
                registry, "offramp.upstream.pool.hits", "Requests that found an idle connection", upstream);
        connectDuration = Timer.builder("offramp.upstream.connect.duration")
                .description("Successful connects to an upstream")
                .tags(upstream)
                .register(registry);
    }

    @Override
    public void onConnected(long durationNs) {
        connectDuration.record(durationNs, TimeUnit.NANOSECONDS);
    }

    @Override
    public void onConnectFailed() {
        connectFailures.increment();
    }

    @Override
    public void onRetried() {
        retries.increment();
    }

    @Override
    public void onPoolHit() {
        poolHits.increment();
    }
}
