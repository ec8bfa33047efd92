package io.offramp.offload.error;

/**
 * Not an error of either side: the key has protected as many records as it may (RFC 8446 §5.5). Nothing was written;
 * rekey, then continue.
 */
public final class KeyLimitException extends OffloadException {
    /** @param message says what happened in numbers: sizes, limits, direction, sequence */
    public KeyLimitException(String message) {
        super(message, false);
    }
}
