package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Tags;
import io.offramp.proxy.guard.GuardEvents;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Decisions of one listener's access rules. Thread-safe. */
public final class GuardMetrics implements GuardEvents {
    private final Map<Condition, LongAdder> refused = new EnumMap<>(Condition.class);
    private final Map<Login, LongAdder> logins = new EnumMap<>(Login.class);
    private final LongAdder undecided;

    GuardMetrics(MeterScope scope, String name) {
        Tags listener = Tags.of("listener", name);
        for (Condition each : Condition.values()) {
            refused.put(
                    each,
                    CounterFamily.single(
                            scope,
                            "offramp.access.denied",
                            "Requests that an access rule has refused",
                            listener.and("rule", label(each))));
        }
        for (Login each : Login.values()) {
            logins.put(
                    each,
                    CounterFamily.single(
                            scope,
                            "offramp.logins",
                            "Requests with a user and a password",
                            listener.and("result", label(each))));
        }
        undecided = CounterFamily.single(
                scope,
                "offramp.forward.auth.failures",
                "Requests that were refused because the server that decides gave no decision",
                listener);
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public void onRefused(Condition condition) {
        counter(refused, condition).increment();
    }

    @Override
    public void onLogin(Login result) {
        counter(logins, result).increment();
    }

    @Override
    public void onUndecided() {
        undecided.increment();
    }

    private static <K> LongAdder counter(Map<K, LongAdder> counters, K key) {
        LongAdder counter = counters.get(key);
        if (counter == null) {
            throw new IllegalStateException("no counter of " + key);
        }
        return counter;
    }
}
