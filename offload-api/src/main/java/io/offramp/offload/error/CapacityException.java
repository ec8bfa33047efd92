package io.offramp.offload.error;

/** Load: the device has no room for another context. This connection stays in software. */
public final class CapacityException extends OffloadException {
    /** @param message says what happened in numbers: sizes, limits, direction, sequence */
    public CapacityException(String message) {
        super(message, false);
    }
}
