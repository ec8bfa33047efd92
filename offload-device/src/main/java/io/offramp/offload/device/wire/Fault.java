package io.offramp.offload.device.wire;

import java.util.Locale;

/** A fault between driver and device, or another event that is left to chance. */
public enum Fault {
    /** A packet does not arrive. */
    LOSS,
    /** A packet arrives later than ones sent behind it. */
    REORDER,
    /** A packet arrives twice. */
    DUPLICATE,
    /** A bit of a packet is flipped. */
    CORRUPT,
    /** Something is sent again that need not be. */
    RETRANSMIT,
    /** A packet is shorter than it could be. */
    RESEGMENT,
    /** An acknowledgment comes late. */
    ACK_LAG,
    /** The device fails a send. */
    CQE_ERROR,
    /** The MTU of the device changes. */
    MTU_CHANGE,
    /** A packet leaves through another device. */
    REROUTE,
    /** The ICOSQ has no room. */
    QUEUE_FULL,
    /** A completion is looked at one packet later. */
    DELAY,
    /** A pool is exhausted. */
    DECLINE,
    /** A flow that comes in is led to another receive queue. */
    MOVE,
    /** The number of receive queues changes. */
    RESIZE,
    /** A receive queue fails. */
    RQ_ERROR;

    /** As configuration names its share: {@code ack-lag}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
