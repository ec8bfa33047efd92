package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.offramp.proxy.reload.ReloadEvents;
import io.offramp.proxy.reload.Reloadable;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;

/** Counts reloads; each kind of file has a name of its own: {@code offramp_certificate_reloads_total}. Thread-safe. */
final class ReloadMetrics implements ReloadEvents {
    private final MetersByName<Owner> owners;

    /** The files of one listener or upstream. */
    private static final class Owner {
        private final MeterScope scope;
        private final Tags listener;
        private final ConcurrentHashMap<String, CounterFamily<Boolean>> kinds = new ConcurrentHashMap<>();

        Owner(MeterScope scope, String name) {
            this.scope = scope;
            this.listener = Tags.of("listener", name);
        }

        void count(String kind, boolean succeeded) {
            kinds.computeIfAbsent(kind, this::family).of(succeeded).increment();
        }

        private CounterFamily<Boolean> family(String kind) {
            return new CounterFamily<>(
                    scope,
                    "offramp." + kind.replace(' ', '.') + ".reloads",
                    "Replacements of a " + kind + " that were taken or refused",
                    succeeded -> listener.and("result", succeeded ? "success" : "failure"));
        }
    }

    ReloadMetrics(MeterRegistry registry) {
        owners = new MetersByName<>(registry, Owner::new);
    }

    @Override
    public void onReloaded(Reloadable what) {
        owners.of(what.owner()).count(what.kind(), true);
    }

    @Override
    public void onReloadFailed(Reloadable what) {
        owners.of(what.owner()).count(what.kind(), false);
    }

    /** Removes the counters of all other owners. */
    void keep(Collection<String> names) {
        owners.keep(names);
    }
}
