package io.offramp.offload.device.hardware.steering;

import io.offramp.offload.device.hardware.packet.FlowKey;

/**
 * The TIRs of one channel that do not decrypt: a direct one for each RQ, and an indirect one that chooses the RQ by the
 * flow's hash (receive side scaling). Their numbers lie above those of TLS TIRs.
 */
public final class PlainTirs {
    private static final int FIRST_NUMBER = 1 << 23;
    private static final int NUMBER_SHIFT = 7;

    private final int indirect;
    private final Rqt rqt;
    private final Toeplitz hash;

    /**
     * Makes them.
     *
     * @param set number of the channel
     */
    public PlainTirs(int set, Rqt rqt, Toeplitz hash) {
        this.rqt = rqt;
        this.hash = hash;
        indirect = FIRST_NUMBER | set << NUMBER_SHIFT;
    }

    /** The TIR that leads to the RQ at this place. */
    public int direct(int queue) {
        return indirect + 1 + queue;
    }

    /** The TIR that leads to an RQ by the flow's hash. */
    public int indirect() {
        return indirect;
    }

    /** The table of the indirect TIR. */
    public Rqt rqt() {
        return rqt;
    }

    /**
     * Place of the RQ that a flow's packets go to by a TIR. The indirect one stands in for a TIR that is not here, or
     * whose RQ is gone.
     */
    public int queueOf(int tir, FlowKey flow) {
        int queue = tir - direct(0);
        return rqt.has(queue) ? queue : rqt.queueOf(hash.hash(flow));
    }
}
