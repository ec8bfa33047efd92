package io.offramp.proxy.whatif;

import io.offramp.proxy.session.RecordCost;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

/**
 * Sums over fates.
 *
 * @param flows all flows: the next three are parts of them
 * @param offloaded taken by the device
 * @param software left in software by the policy
 * @param refused left in software by the device, by reason
 * @param records records of all
 * @param bytes content of all
 * @param offloadedRecords records that the device did
 * @param offloadedBytes content that the device did
 * @param softwareNs host CPU for records if the host did all of them
 * @param hostNs host CPU for records and installs under the policy
 */
public record Totals(
        long flows,
        long offloaded,
        long software,
        Map<Refusal, Long> refused,
        double records,
        double bytes,
        double offloadedRecords,
        double offloadedBytes,
        double softwareNs,
        double hostNs) {
    /** Sums over these fates. */
    static Totals of(Collection<Fate> fates, RecordCost cost) {
        Map<Refusal, Long> refused = new EnumMap<>(Refusal.class);
        long offloaded = 0;
        long software = 0;
        double records = 0;
        double bytes = 0;
        double offloadedRecords = 0;
        double offloadedBytes = 0;
        for (Fate fate : fates) {
            records += fate.flow().records();
            bytes += fate.flow().bytes();
            offloadedRecords += fate.share() * fate.flow().records();
            offloadedBytes += fate.share() * fate.flow().bytes();
            if (fate.offloaded()) {
                offloaded++;
            } else if (fate.refusal() == null) {
                software++;
            } else {
                refused.merge(fate.refusal(), 1L, Long::sum);
            }
        }
        double softwareNs = cost.softwareNs(records, bytes);
        double saved = cost.savedNs(offloadedRecords, offloadedBytes) - offloaded * cost.nsPerInstall();
        return new Totals(
                fates.size(),
                offloaded,
                software,
                Map.copyOf(refused),
                records,
                bytes,
                offloadedRecords,
                offloadedBytes,
                softwareNs,
                softwareNs - saved);
    }

    /** Refused for this reason. */
    public long refused(Refusal reason) {
        return refused.getOrDefault(reason, 0L);
    }

    /** CPU that the device frees; negative if it costs more than it frees. */
    public double savedNs() {
        return softwareNs - hostNs;
    }
}
