package io.offramp.offload.device.hardware.steering;

import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.firmware.Firmware;
import io.offramp.offload.device.hardware.packet.FlowKey;
import java.util.ArrayList;
import java.util.List;

/**
 * One flow table: its groups in the order of their priorities, and the default entry, which leads to no TIR of a rule.
 * The first group with a rule for a packet decides.
 */
public final class SteeringTable {
    private final List<FlowGroup> groups = new ArrayList<>();

    /** @param capacity exact matches in each group */
    SteeringTable(int capacity, Firmware firmware) {
        for (Priority _ : Priority.values()) {
            groups.add(new FlowGroup(capacity, firmware));
        }
    }

    /** The group with this priority. */
    public FlowGroup group(Priority priority) {
        return groups.get(priority.ordinal());
    }

    /** The TIR that a packet of this flow goes to, or {@link ContextTable#NONE}. */
    public int lookup(FlowKey flow) {
        for (int i = 0; i < groups.size(); i++) {
            int tir = groups.get(i).lookup(flow);
            if (tir != ContextTable.NONE) {
                return tir;
            }
        }
        return ContextTable.NONE;
    }

    /** How many rules there are. */
    public int used() {
        return groups.stream().mapToInt(FlowGroup::used).sum();
    }
}
