package io.offramp.offload.error;

import io.offramp.offload.record.AlertDescription;
import java.util.Optional;

/** Our own code's fault: the contract was broken. Fails loudly; a test reproduces it. */
public final class OffloadMisuseException extends OffloadException {
    /** @param message says what happened in numbers: sizes, limits, direction, sequence */
    public OffloadMisuseException(String message) {
        super(message, true);
    }

    @Override
    public Optional<AlertDescription> alert() {
        return Optional.of(AlertDescription.INTERNAL_ERROR);
    }
}
