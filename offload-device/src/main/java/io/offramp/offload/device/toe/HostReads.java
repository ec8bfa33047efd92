package io.offramp.offload.device.toe;

/**
 * Whether a host's channel wants to read, and whether it is delivering what it read. A handler may ask for more while
 * something is delivered to it: that is remembered, and not begun inside of the delivery. Confined to the event loop.
 */
final class HostReads {
    private boolean isWanted;
    private boolean isDelivering;

    /** A read is asked for. */
    void want() {
        isWanted = true;
    }

    /** What was asked for has been read, or is not wanted any more. */
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
