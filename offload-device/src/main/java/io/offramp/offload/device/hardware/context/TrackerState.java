package io.offramp.offload.device.hardware.context;

import org.jspecify.annotations.Nullable;

/**
 * How well a context knows the record positions: {@code record_tracker_state}. The ordinal is the number in the params.
 */
public enum TrackerState {
    /** Programmed, no record seen. */
    START,
    /** Knows where the next record starts and its number. */
    TRACKING,
    /** Lost the position. */
    SEARCHING;

    private static final TrackerState[] VALUES = values();

    static @Nullable TrackerState of(int code) {
        return code < VALUES.length ? VALUES[code] : null;
    }
}
