package io.offramp.offload.device;

import io.offramp.offload.device.wire.Chance;
import io.offramp.offload.device.wire.Fault;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Goes wrong when a test says so: each fault as often as it was asked for, and then not any more. */
final class ScriptedChance implements Chance {
    private record Due(int skipped, int times) {}

    private final Map<Fault, Due> due = new EnumMap<>(Fault.class);
    private final SplittableRandom random;

    /** @param seed of what is not asked for: how late, which bit, where a packet is cut */
    ScriptedChance(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The fault skips {@code skipped} chances, then happens {@code times} times. */
    void ask(Fault fault, int skipped, int times) {
        due.put(fault, new Due(skipped, times));
    }

    /** Nothing goes wrong any more. */
    void stop() {
        due.clear();
    }

    @Override
    public boolean happens(Fault fault) {
        Due next = due.get(fault);
        if (next == null) {
            return false;
        }
        if (next.skipped > 0) {
            due.put(fault, new Due(next.skipped - 1, next.times));
            return false;
        }
        if (next.times > 1) {
            due.put(fault, new Due(0, next.times - 1));
        } else {
            due.remove(fault);
        }
        return true;
    }

    @Override
    public int below(int bound) {
        return random.nextInt(bound);
    }
}
