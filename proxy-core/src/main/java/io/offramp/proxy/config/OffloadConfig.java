package io.offramp.proxy.config;

/**
 * Which backend takes which direction of a listener's sessions.
 *
 * @param backend name of the backend that {@code hw} and {@code auto} mean: {@code device}; {@code sw} if there is none
 * @param tx      policy for what we send
 * @param rx      policy for what we receive
 */
public record OffloadConfig(String backend, Policy tx, Policy rx) {
    /** How a direction's mode is chosen. */
    public enum Policy {
        /** Starts in software; moved when the session has shown that it pays. */
        AUTO,
        /** Always in software. */
        SW,
        /** In the backend from the start, in software where it declines. */
        HW
    }

    /** Software for both. */
    public static final OffloadConfig SOFTWARE = new OffloadConfig("sw", Policy.SW, Policy.SW);
}
