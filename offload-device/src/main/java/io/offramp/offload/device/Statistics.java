package io.offramp.offload.device;

import io.offramp.offload.counter.OffloadCounter;
import java.util.List;
import java.util.Map;

/** The output of {@code ethtool -S}. */
final class Statistics {
    private Statistics() {}

    /**
     * One line for each counter, in their order.
     *
     * @param queues counters of each queue, by name
     */
    static String text(List<OffloadCounter> counters, Map<String, Long> queues) {
        StringBuilder text = new StringBuilder("NIC statistics:\n");
        counters.forEach(counter -> append(text, counter.name(), counter.value().getAsLong()));
        queues.forEach((name, value) -> append(text, name, value));
        return text.toString();
    }

    private static void append(StringBuilder text, String name, long value) {
        text.append("     ").append(name).append(": ").append(value).append('\n');
    }
}
