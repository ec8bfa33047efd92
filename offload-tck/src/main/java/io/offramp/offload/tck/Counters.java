package io.offramp.offload.tck;

import io.offramp.offload.counter.OffloadCounter;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads what a backend publishes. */
public final class Counters {
    private Counters() {}

    /** Current values by name. */
    public static Map<String, Long> values(List<OffloadCounter> counters) {
        return counters.stream()
                .collect(Collectors.toMap(
                        OffloadCounter::name, counter -> counter.value().getAsLong()));
    }

    /**
     * Current value of one.
     *
     * @throws AssertionError if there is none of this name
     */
    public static long value(List<OffloadCounter> counters, String name) {
        return counters.stream()
                .filter(counter -> counter.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no counter " + name))
                .value()
                .getAsLong();
    }
}
