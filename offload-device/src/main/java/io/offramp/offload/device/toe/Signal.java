package io.offramp.offload.device.toe;

/** Passes through a lane, in order with the data. */
sealed interface Signal {
    /** The end of something. */
    enum End implements Signal {
        /** To the host: the client's stream has ended in order. */
        INPUT,
        /** To the device: send nothing further, and say so. */
        OUTPUT,
        /** To the device: close in order. */
        CONNECTION,
        /** To the device: close with a reset. */
        RESET
    }

    /**
     * To the host: the connection broke, and will close.
     *
     * @param cause for the host's handlers
     */
    record Fault(Throwable cause) implements Signal {}
}
