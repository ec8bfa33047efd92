package io.offramp.proxy.session;

/**
 * Which backend takes which direction of a listener's sessions.
 *
 * @param backend name of the backend that {@code hw} and {@code auto} mean: {@code device}; {@code sw} if there is none
 * @param tx policy for what we send
 * @param rx policy for what we receive
 */
public record OffloadConfig(String backend, Policy tx, Policy rx) {
    /** How a direction's mode is chosen. */
    public enum Policy {
        /** Starts in software; moved when the session has shown that it pays. */
        AUTO,
        /** Always in software. */
        SW,
        /** In the backend from the start, in software where it declines. */
        HW,
        /** With the whole connection, which the backend owns; both directions then. */
        HW_RECORD
    }

    /** Checks that both directions are the backend's if one is. */
    public OffloadConfig {
        if ((tx == Policy.HW_RECORD) != (rx == Policy.HW_RECORD)) {
            throw new IllegalArgumentException("hw-record is for both directions, is tx " + tx + ", rx " + rx);
        }
    }

    /** The backend owns the listener and its connections. */
    public static OffloadConfig hwRecord(String backend) {
        return new OffloadConfig(backend, Policy.HW_RECORD, Policy.HW_RECORD);
    }

    /** True if the backend owns the listener and its connections. */
    public boolean isHwRecord() {
        return tx == Policy.HW_RECORD;
    }

    /** Software for both. */
    public static final OffloadConfig SOFTWARE = new OffloadConfig("sw", Policy.SW, Policy.SW);
}
