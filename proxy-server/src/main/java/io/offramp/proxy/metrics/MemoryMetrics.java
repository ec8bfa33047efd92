package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.budget.Shed;
import io.offramp.proxy.budget.ShedEvents;
import java.util.concurrent.atomic.LongAdder;

/** Memory held by clients, and work shed for lack of it. Thread-safe. */
final class MemoryMetrics implements ShedEvents {
    private final MeterScope scope;
    private final CounterFamily<Shed> sheds;
    private final LongAdder trims;

    MemoryMetrics(MeterScope scope) {
        this.scope = scope;
        sheds = new CounterFamily<>(
                scope,
                "offramp.shed",
                "What was given up because clients took too much memory",
                what -> Tags.of("what", what.label()));
        for (Shed what : Shed.values()) {
            sheds.of(what); // an alert needs the zero before the first event
        }
        trims = CounterFamily.single(
                scope,
                "offramp.memory.trims",
                "Times that the memory of a peak was given back to the system, once it was quiet",
                Tags.empty());
    }

    /** Times that memory was given back to the system. */
    LongAdder trims() {
        return trims;
    }

    @Override
    public void onShed(Shed what) {
        sheds.of(what).increment();
    }

    /** Publishes a budget. Once. */
    void bind(MemoryBudget budget) {
        scope.add(Gauge.builder("offramp.memory.budget.used", budget, MemoryBudget::heldBytes)
                .description("Heap that clients hold: connections, handshakes under way, heads")
                .baseUnit("bytes")::register);
        scope.add(Gauge.builder("offramp.memory.budget.limit", budget, MemoryBudget::heapBytes)
                .description("Heap that clients may hold together")
                .baseUnit("bytes")::register);
        scope.add(Gauge.builder("offramp.memory.native", budget, MemoryBudget::nativeBytes)
                .description("Native memory of compressors, which counts as direct memory")
                .baseUnit("bytes")::register);
        scope.add(Gauge.builder("offramp.memory.shedding", budget, b -> b.isShedding() ? 1 : 0)
                .description(
                        "1 while clients hold more than 80 % of heap or direct memory, and until they hold less than "
                                + "70 %")::register);
    }
}
