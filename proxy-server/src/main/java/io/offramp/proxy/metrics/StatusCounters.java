package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts answers by their status, one series for each that has occurred: 500 at most, since HTTP has no more (RFC 9110
 * §15). Allocates for the first of each only. Thread-safe; called on event loops.
 */
final class StatusCounters {
    private static final int FIRST = 100;
    private static final int LAST = 599;

    private final CounterFamily<Integer> family;
    private final AtomicReferenceArray<LongAdder> known = new AtomicReferenceArray<>(LAST - FIRST + 1);

    StatusCounters(MeterScope scope, String name, String description, Tags tags) {
        family = new CounterFamily<>(scope, name, description, status -> tags.and("status", Integer.toString(status)));
    }

    void count(int status) {
        int index = Math.clamp(status, FIRST, LAST) - FIRST;
        LongAdder counter = known.get(index);
        if (counter == null) {
            counter = family.of(index + FIRST);
            known.set(index, counter);
        }
        counter.increment();
    }
}
