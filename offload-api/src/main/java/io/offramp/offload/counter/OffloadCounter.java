package io.offramp.offload.counter;

import java.util.function.LongSupplier;

/**
 * One number that a backend publishes.
 *
 * @param name snake case; the kernel's or ethtool's where the meaning is theirs ({@code tx_tls_encrypted_packets})
 * @param description one line for a reader of the metrics page
 * @param kind whether it only grows
 * @param value current value; called from any thread, must not block
 */
public record OffloadCounter(String name, String description, Kind kind, LongSupplier value) {
    /** How a counter moves. */
    public enum Kind {
        /** Only grows. */
        COUNTER,
        /** Goes up and down. */
        GAUGE
    }
}
