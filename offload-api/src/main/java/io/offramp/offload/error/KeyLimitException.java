package io.offramp.offload.error;

/**
 * Nobody's fault: the key has protected as many records as it may (RFC 8446 §5.5). Nothing was written; rekey, then go
 * on.
 */
public final class KeyLimitException extends OffloadException {
    /** @param message says what happened in numbers: sizes, limits, direction, sequence */
    public KeyLimitException(String message) {
        super(message, false);
    }
}
