package io.offramp.offload.record;

/** One half of a connection. Each half is installed, moved and rekeyed on its own. */
public enum Direction {
    /** We encrypt and send. */
    TX,
    /** We receive and decrypt. */
    RX
}
