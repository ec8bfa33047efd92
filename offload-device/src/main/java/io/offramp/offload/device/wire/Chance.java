package io.offramp.offload.device.wire;

import java.util.SplittableRandom;

/** One connection's randomness. Confined to its thread. */
public final class Chance {
    private final SplittableRandom random;

    /** @param stream tells connections with the same seed apart */
    public Chance(long seed, long stream) {
        random = new SplittableRandom(seed * 0x9e37_79b9_7f4a_7c15L + stream);
    }

    /** True so often. */
    public boolean happens(double share) {
        return share > 0 && random.nextDouble() < share;
    }

    /** From 0 on, below the bound. */
    public int below(int bound) {
        return random.nextInt(bound);
    }
}
