package io.offramp.offload.error;

/**
 * The device's fault. What was posted drains, then software goes on; a posted sequence is used again only for identical
 * bytes.
 */
public final class DeviceFaultException extends OffloadException {
    /** @param message says what happened in numbers: sizes, limits, direction, sequence */
    public DeviceFaultException(String message) {
        super(message, false);
    }
}
