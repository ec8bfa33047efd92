package io.offramp.offload.device.hardware.steering;

import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.packet.FlowKey;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One flow table: exact matches, and the default entry, which leads to no TIR. Rules are added and deleted by commands
 * from any thread; packets look up without a lock.
 */
public final class SteeringTable {
    private final int capacity;
    private final ConcurrentHashMap<FlowKey, Integer> rules = new ConcurrentHashMap<>();
    private final AtomicInteger used = new AtomicInteger();

    /** @param capacity exact matches */
    public SteeringTable(int capacity) {
        this.capacity = capacity;
    }

    /**
     * Command: leads a flow to a TIR. A flow that has a rule follows the new one: its addresses and ports were used
     * again.
     *
     * @param flow the table's from here on
     * @return false if the table is full
     */
    public boolean add(FlowKey flow, int tir) {
        if (used.incrementAndGet() > capacity) {
            used.decrementAndGet();
            return false;
        }
        if (rules.put(flow, tir) != null) {
            used.decrementAndGet();
        }
        return true;
    }

    /** Command: leads a flow to the default entry again, unless its rule is for another TIR. */
    public void delete(FlowKey flow, int tir) {
        if (rules.remove(flow, tir)) {
            used.decrementAndGet();
        }
    }

    /** The TIR that a packet of this flow goes to, or {@link ContextTable#NONE}. */
    public int lookup(FlowKey flow) {
        Integer tir = rules.get(flow);
        return tir == null ? ContextTable.NONE : tir;
    }

    /** How many rules there are. */
    public int used() {
        return used.get();
    }
}
