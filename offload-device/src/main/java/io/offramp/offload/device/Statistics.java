package io.offramp.offload.device;

import io.offramp.offload.counter.OffloadCounter;
import java.util.List;

/** The output of {@code ethtool -S}. */
final class Statistics {
    private Statistics() {}

    /** One line for each counter, in their order. */
    static String text(List<OffloadCounter> counters) {
        StringBuilder text = new StringBuilder("NIC statistics:\n");
        for (OffloadCounter counter : counters) {
            text.append("     ")
                    .append(counter.name())
                    .append(": ")
                    .append(counter.value().getAsLong())
                    .append('\n');
        }
        return text.toString();
    }
}
