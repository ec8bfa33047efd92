package io.offramp.offload.error;

import io.offramp.offload.record.AlertDescription;
import java.util.Optional;

/**
 * A fault of one direction. The leaf says who is at fault and what follows; {@link #alert()} is what the peer is told.
 * Carries no stack trace where it is caused by a peer: the message names numbers, and a peer must not be able to fill a
 * log.
 */
public abstract sealed class OffloadException extends RuntimeException
        permits RecordAuthenticationException,
                RecordFormatException,
                KeyLimitException,
                ResyncException,
                DeviceFaultException,
                CapacityException,
                OffloadMisuseException {

    OffloadException(String message, boolean writableStackTrace) {
        super(message, null, false, writableStackTrace);
    }

    /** The fatal alert that the peer gets, if any. */
    public Optional<AlertDescription> alert() {
        return Optional.empty();
    }
}
