package io.offramp.offload.error;

import io.offramp.offload.record.AlertDescription;
import java.util.Optional;

/**
 * A fault of one direction. The leaf says who is at fault and what follows. The peer gets {@link #alert()}. A fault
 * that a peer can cause carries no stack trace, so that no peer can fill a log: its message has the numbers.
 */
public abstract sealed class OffloadException extends RuntimeException
        permits RecordAuthenticationException,
                RecordFormatException,
                KeyLimitException,
                DeviceFaultException,
                OffloadMisuseException {

    OffloadException(String message, boolean writableStackTrace) {
        super(message, null, false, writableStackTrace);
    }

    /** The fatal alert that the peer gets, if any. */
    public Optional<AlertDescription> alert() {
        return Optional.empty();
    }
}
