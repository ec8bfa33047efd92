package io.offramp.offload.device.wire;

import java.util.SplittableRandom;

/** Chance from a seed: the same calls have the same results. */
final class SeededChance implements Chance {
    private final Faults faults;
    private final SplittableRandom random;

    SeededChance(Faults faults, long stream) {
        this.faults = faults;
        random = new SplittableRandom(faults.seed() * 0x9e37_79b9_7f4a_7c15L + stream);
    }

    @Override
    public boolean happens(Fault fault) {
        double share = faults.share(fault);
        return share > 0 && random.nextDouble() < share;
    }

    @Override
    public int below(int bound) {
        return random.nextInt(bound);
    }
}
