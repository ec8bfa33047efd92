package io.offramp.offload.device.hardware.queue;

/**
 * How TIRs merge packets (LRO, {@code ethtool -K lro}).
 *
 * @param mostBytes payload of a merged packet; 0 where none are merged
 * @param timeoutNs longest time that a packet is held for the next one, in ns
 */
public record Merging(int mostBytes, long timeoutNs) {
    /** Each packet by itself. */
    public static final Merging NONE = new Merging(0, 0);
}
