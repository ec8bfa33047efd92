package io.offramp.offload.device.hardware.steering;

import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.firmware.Firmware;
import io.offramp.offload.device.hardware.packet.FlowKey;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A group of a flow table: rules that match the same fields, here addresses and ports. Rules are added and deleted by
 * commands from any thread; packets look up without a lock.
 */
public final class FlowGroup {
    private final int capacity;
    private final Firmware firmware;
    private final ConcurrentHashMap<FlowKey, Integer> rules = new ConcurrentHashMap<>();
    private final AtomicInteger used = new AtomicInteger();

    /** @param capacity exact matches */
    FlowGroup(int capacity, Firmware firmware) {
        this.firmware = firmware;
        this.capacity = capacity;
    }

    /**
     * Command: leads a flow to a TIR. A flow that has a rule follows the new one, also in a full group: it was led
     * elsewhere, or its addresses and ports were used again.
     *
     * @param flow the group's from here on
     * @return false if the group is full
     */
    public boolean add(FlowKey flow, int tir) {
        if (rules.replace(flow, tir) != null) {
            firmware.onObject();
            return true;
        }
        if (used.incrementAndGet() > capacity) {
            used.decrementAndGet();
            return false;
        }
        firmware.onObject();
        if (rules.put(flow, tir) != null) {
            used.decrementAndGet();
        }
        return true;
    }

    /** Command: takes a flow's rule away, unless it is for another TIR. */
    public void delete(FlowKey flow, int tir) {
        if (rules.remove(flow, tir)) {
            firmware.onObject();
            used.decrementAndGet();
        }
    }

    /** The TIR of this flow's rule, or {@link ContextTable#NONE}. */
    int lookup(FlowKey flow) {
        Integer tir = used.get() == 0 ? null : rules.get(flow);
        return tir == null ? ContextTable.NONE : tir;
    }

    /** How many rules there are. */
    public int used() {
        return used.get();
    }
}
