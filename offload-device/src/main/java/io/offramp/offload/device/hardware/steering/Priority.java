package io.offramp.offload.device.hardware.steering;

/** Priorities of a flow table's groups, the highest first. */
public enum Priority {
    /** Flows whose records a TIR decrypts. */
    TLS,
    /** Flows that follow their reader to an RQ (aRFS). */
    ARFS
}
