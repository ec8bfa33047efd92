package io.offramp.offload.error;

import io.offramp.offload.record.AlertDescription;
import java.util.Optional;

/**
 * The peer's or the path's fault: a record does not authenticate. Its plaintext is not released; the connection closes
 * and is never retried.
 */
public final class RecordAuthenticationException extends OffloadException {
    /** @param message says what happened in numbers: sizes, limits, direction, sequence */
    public RecordAuthenticationException(String message) {
        super(message, false);
    }

    @Override
    public Optional<AlertDescription> alert() {
        return Optional.of(AlertDescription.BAD_RECORD_MAC);
    }
}
