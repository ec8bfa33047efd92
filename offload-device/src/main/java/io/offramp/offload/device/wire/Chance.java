package io.offramp.offload.device.wire;

/** One connection's randomness. Confined to its thread. */
public interface Chance {
    /** Makes that of a connection. */
    @FunctionalInterface
    interface Source {
        /**
         * Randomness with these shares.
         *
         * @param stream differs between connections with the same seed
         */
        Chance of(Faults faults, long stream);
    }

    /** As the faults' shares and their seed have it. */
    static Chance seeded(Faults faults, long stream) {
        return new SeededChance(faults, stream);
    }

    /** True where it goes wrong now. */
    boolean happens(Fault fault);

    /** From 0 on, below the bound. */
    int below(int bound);
}
