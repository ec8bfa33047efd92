package io.offramp.offload.device.hardware.firmware;

/**
 * How long commands take, in ns.
 *
 * @param objectNs to make, change or destroy a TIS, TIR or steering rule
 * @param keyLoadNs to write a key: into an object that there is, or into a new one
 * @param keyClearNs to take a key away: nothing where objects are kept, else to destroy one
 * @param syncNs of SYNC_CRYPTO
 */
public record CommandTimes(long objectNs, long keyLoadNs, long keyClearNs, long syncNs) {
    /** Commands that take no time. */
    public static final CommandTimes NONE = new CommandTimes(0, 0, 0, 0);
}
