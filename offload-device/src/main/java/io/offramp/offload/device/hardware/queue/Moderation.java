package io.offramp.offload.device.hardware.queue;

/**
 * How completions are reported: some time after the first one, or once a number of them is there ({@code ethtool -C}:
 * {@code usecs} and {@code frames}).
 *
 * @param delayNs longest delay of a report, in ns; 0 for none
 * @param completions that are reported without delay
 */
public record Moderation(long delayNs, int completions) {
    /** Reports at once. */
    public static final Moderation NONE = new Moderation(0, 1);
}
