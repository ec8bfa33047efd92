package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Reloads of the configuration. Written by the reload thread; thread-safe for readers. */
public final class ConfigMetrics {
    private final CounterFamily<Boolean> reloads;
    private final InstantSource clock = InstantSource.system();
    private final AtomicInteger generation = new AtomicInteger();
    private volatile long takenMs;

    ConfigMetrics(MeterScope scope) {
        reloads = new CounterFamily<>(
                scope,
                "offramp.config.reloads",
                "Reloads of the configuration that were taken or refused",
                taken -> Tags.of("result", taken ? "success" : "failure"));
        reloads.of(true);
        reloads.of(false);
        scope.add(Gauge.builder("offramp.config.generation", this, m -> m.generation.get())
                .description("Number of the configuration in use, counted from 1 at the start")::register);
        scope.add(Gauge.builder(
                        "offramp.config.last.success.timestamp",
                        this,
                        m -> (double) m.takenMs / TimeUnit.SECONDS.toMillis(1))
                .description("Last time that the configuration was read and found good, in Unix time")
                .baseUnit("seconds")::register);
    }

    /** Another configuration is in use. */
    public void onGeneration() {
        generation.incrementAndGet();
        takenMs = clock.millis();
    }

    /** The number of the configuration in use. */
    public int generation() {
        return generation.get();
    }

    /** The configuration was read again. */
    public void onReload(boolean taken) {
        reloads.of(taken).increment();
        if (taken) {
            takenMs = clock.millis();
        }
    }
}
