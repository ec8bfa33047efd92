package io.offramp.offload.error;

/** The path's fault: the device lost the record position. Software goes on until it is known again. */
public final class ResyncException extends OffloadException {
    /** @param message says what happened in numbers: sizes, limits, direction, sequence */
    public ResyncException(String message) {
        super(message, false);
    }
}
