package io.offramp.proxy.whatif;

import io.offramp.offload.record.Direction;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.RecordCost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The result of a policy for a capture, on one device.
 *
 * @param fates of all flows, in the order of their start
 * @param peakContexts most directions on the device at once
 * @param meanContexts over the time of the capture
 * @param peakActive most directions active at once, counted by their share of the records
 * @param peakRecordsPerSecond most load at once
 * @param peakBitsPerSecond most load at once, on the wire
 */
public record Outcome(
        Policy policy,
        RecordCost cost,
        List<Fate> fates,
        long peakContexts,
        double meanContexts,
        double peakActive,
        double peakRecordsPerSecond,
        double peakBitsPerSecond) {
    /** Over both directions. */
    public Totals totals() {
        return Totals.of(fates, cost);
    }

    /** Over one direction. */
    public Totals totals(Direction direction) {
        return totals(fate -> fate.flow().direction() == direction);
    }

    /** Over each class of traffic in the capture. */
    public Map<TrafficClass, Totals> byClass() {
        Map<TrafficClass, List<Fate>> fatesByClass = new TreeMap<>();
        fates.forEach(fate -> fatesByClass
                .computeIfAbsent(TrafficClass.of(fate.flow()), c -> new ArrayList<>())
                .add(fate));
        Map<TrafficClass, Totals> totals = new TreeMap<>();
        fatesByClass.forEach((traffic, those) -> totals.put(traffic, Totals.of(those, cost)));
        return totals;
    }

    private Totals totals(Predicate<Fate> which) {
        return Totals.of(fates.stream().filter(which).toList(), cost);
    }
}
