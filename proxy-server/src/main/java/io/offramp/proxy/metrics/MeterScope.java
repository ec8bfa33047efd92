package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The meters of one thing that may go, such as a listener. They leave the page together. What still happens to the
 * thing afterwards, until its last connection has ended, is counted and never shown: a series that nobody removes would
 * stay, and a thing of the same name may have come. Thread-safe.
 */
final class MeterScope implements AutoCloseable {
    private final MeterRegistry registry;
    private final List<Runnable> ends = new ArrayList<>();
    private boolean isClosed;

    MeterScope(MeterRegistry registry) {
        this.registry = registry;
    }

    /** @param register of a builder: {@code Gauge.builder(…)::register} */
    synchronized <M extends Meter> M add(Function<MeterRegistry, M> register) {
        if (isClosed) {
            return register.apply(new SimpleMeterRegistry());
        }
        M meter = register.apply(registry);
        ends.add(() -> registry.remove(meter));
        return meter;
    }

    /** For meters that come and go by themselves. */
    synchronized void atEnd(Runnable end) {
        ends.add(end);
    }

    MeterRegistry registry() {
        return registry;
    }

    /** Removes them all. */
    @Override
    public synchronized void close() {
        isClosed = true;
        ends.forEach(Runnable::run);
        ends.clear();
    }
}
