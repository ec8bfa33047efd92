package io.offramp.offload.device.hardware.queue;

/**
 * How TIRs merge packets (LRO, {@code ethtool -K lro}).
 *
 * @param isOn false: each packet by itself
 * @param mostBytes payload of a merged packet
 * @param timeoutNs longest time that a packet is held for the next one, in ns
 */
public record Merging(boolean isOn, int mostBytes, long timeoutNs) {
    /** Each packet by itself. */
    public static final Merging NONE = new Merging(false, 0, 0);

    /** The same size and time, turned on or off. */
    public Merging turned(boolean on) {
        return new Merging(on, mostBytes, timeoutNs);
    }
}
