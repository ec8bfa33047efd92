package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.LongStream;

/**
 * Histograms of times, with fixed buckets: all instances of a name can be added up, and recording allocates nothing.
 */
final class Latency {
    private static final Duration[] SHORT = millis(1, 2, 5, 10, 20, 50, 100, 250, 1000, 5000);
    private static final Duration[] LONG = millis(1, 2, 5, 10, 20, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000);

    private Latency() {}

    /** Of a connect or a handshake: up to five seconds. */
    static Timer ofSetup(MeterScope scope, String name, String description, Tags tags) {
        return timer(scope, name, description, tags, SHORT);
    }

    /** Of a request or an answer: up to half a minute. */
    static Timer ofExchange(MeterScope scope, String name, String description, Tags tags) {
        return timer(scope, name, description, tags, LONG);
    }

    private static Timer timer(MeterScope scope, String name, String description, Tags tags, Duration[] buckets) {
        return scope.add(
                Timer.builder(name).description(description).tags(tags).serviceLevelObjectives(buckets)::register);
    }

    private static Duration[] millis(long... bounds) {
        return LongStream.of(bounds).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }
}
