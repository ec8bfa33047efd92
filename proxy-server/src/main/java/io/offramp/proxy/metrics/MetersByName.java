package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The meters of all things of one kind, such as listeners, by name. Thread-safe.
 *
 * @param <T> the meters of one
 */
final class MetersByName<T> {
    private final MeterRegistry registry;
    private final BiFunction<MeterScope, String, T> maker;
    private final ConcurrentHashMap<String, Known<T>> known = new ConcurrentHashMap<>();

    private record Known<T>(MeterScope scope, T meters) {}

    /** @param maker gets the name, too */
    MetersByName(MeterRegistry registry, BiFunction<MeterScope, String, T> maker) {
        this.registry = registry;
        this.maker = maker;
    }

    /** Those of that name; the same object each time. */
    T of(String name) {
        return known.computeIfAbsent(name, this::make).meters();
    }

    private Known<T> make(String name) {
        MeterScope scope = new MeterScope(registry);
        return new Known<>(scope, maker.apply(scope, name));
    }

    /** Names of all, in order. */
    SortedSet<String> names() {
        return new TreeSet<>(known.keySet());
    }

    /** Something of each, by name. */
    <R> Map<String, R> all(Function<T, R> of) {
        Map<String, R> all = new TreeMap<>();
        known.forEach((name, each) -> all.put(name, of.apply(each.meters())));
        return all;
    }

    /** Removes the meters of all other names. */
    void keep(Collection<String> names) {
        known.forEach((name, each) -> {
            if (!names.contains(name) && known.remove(name, each)) {
                each.scope().close();
            }
        });
    }
}
