package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * The counters of one name, distinguished by labels. Each is a {@link LongAdder} that event loops add to; frequent
 * callers keep the adder.
 *
 * @param <K> key for the labels: a value with few instances, never one that a peer chooses freely
 */
final class CounterFamily<K> {
    private final MeterScope scope;
    private final String name;
    private final String description;
    private final Function<K, Tags> tags;
    private final ConcurrentHashMap<K, LongAdder> counters = new ConcurrentHashMap<>();

    /** @param name with dots; Prometheus sees underscores and {@code _total} */
    CounterFamily(MeterScope scope, String name, String description, Function<K, Tags> tags) {
        this.scope = scope;
        this.name = name;
        this.description = description;
        this.tags = tags;
    }

    /** The only counter of a name with fixed labels. */
    static LongAdder single(MeterScope scope, String name, String description, Tags tags) {
        return new CounterFamily<Tags>(scope, name, description, t -> t).of(tags);
    }

    /** The counter with this key's labels; the same one each time. */
    LongAdder of(K key) {
        LongAdder known = counters.get(key);
        return known != null ? known : counters.computeIfAbsent(key, this::register);
    }

    private LongAdder register(K key) {
        LongAdder counter = new LongAdder();
        scope.add(FunctionCounter.builder(name, counter, LongAdder::sum)
                .description(description)
                .tags(tags.apply(key))::register);
        return counter;
    }
}
