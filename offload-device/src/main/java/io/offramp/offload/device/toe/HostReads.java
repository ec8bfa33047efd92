package io.offramp.offload.device.toe;

/**
 * Whether a host's channel wants to read, and whether it is delivering. A handler may ask for more from inside a
 * delivery: that is remembered, and does not begin inside of it. Confined to the event loop.
 */
final class HostReads {
    private boolean isWanted;
    private boolean isDelivering;

    /** A read is asked for. */
    void want() {
        isWanted = true;
    }

    /** The read is done, or no longer wanted. */
    void settle() {
        isWanted = false;
    }

    /** True while a read is asked for. */
    boolean isWanted() {
        return isWanted;
    }

    /** Begins to deliver; false inside of a delivery. */
    boolean tryBegin() {
        boolean begins = !isDelivering;
        isDelivering = true;
        return begins;
    }

    /** All has been delivered. */
    void end() {
        isDelivering = false;
    }

    /** True inside of a delivery. */
    boolean isDelivering() {
        return isDelivering;
    }
}
