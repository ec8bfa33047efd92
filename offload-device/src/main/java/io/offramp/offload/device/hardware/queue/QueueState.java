package io.offramp.offload.device.hardware.queue;

/** State of a send or receive queue, as a query of the device says it. */
public enum QueueState {
    /** It works. */
    READY,
    /** Something in it has failed: all that is posted is flushed, and stays so until the driver resets the queue. */
    ERROR
}
