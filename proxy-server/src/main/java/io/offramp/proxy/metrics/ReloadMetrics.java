package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.offramp.proxy.reload.ReloadEvents;
import io.offramp.proxy.reload.Reloadable;
import java.util.concurrent.ConcurrentHashMap;

/** Counts reloads; each kind of file has a name of its own: {@code offramp_certificate_reloads_total}. Thread-safe. */
final class ReloadMetrics implements ReloadEvents {
    private final MeterRegistry registry;
    private final ConcurrentHashMap<String, CounterFamily<Result>> kinds = new ConcurrentHashMap<>();

    private record Result(String listener, boolean succeeded) {
        Tags tags() {
            return Tags.of("listener", listener, "result", succeeded ? "success" : "failure");
        }
    }

    ReloadMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void onReloaded(Reloadable what) {
        count(what, true);
    }

    @Override
    public void onReloadFailed(Reloadable what) {
        count(what, false);
    }

    private void count(Reloadable what, boolean succeeded) {
        kinds.computeIfAbsent(what.kind(), this::family)
                .of(new Result(what.owner(), succeeded))
                .increment();
    }

    private CounterFamily<Result> family(String kind) {
        String name = "offramp." + kind.replace(' ', '.') + ".reloads";
        return new CounterFamily<>(
                registry, name, "Replacements of a " + kind + " that were taken or refused", Result::tags);
    }
}
