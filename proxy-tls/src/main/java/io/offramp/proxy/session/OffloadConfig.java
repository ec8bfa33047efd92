package io.offramp.proxy.session;

/**
 * Backend and policy of each direction of a listener's sessions.
 *
 * @param backend name of the backend that {@code hw} and {@code auto} mean: {@code device}; {@code sw} if there is none
 * @param tx policy for records that we send
 * @param rx policy for records that we receive
 */
public record OffloadConfig(String backend, Policy tx, Policy rx) {
    /** The choice of a direction's mode. */
    public enum Policy {
        /** Starts in software; moved once the session has carried enough to pay for it. */
        AUTO,
        /** Always in software. */
        SW,
        /** In the backend from the start, in software if it declines. */
        HW,
        /** With the whole connection, which the backend owns; both directions then. */
        HW_RECORD
    }

    /** Checks that the backend owns both directions if it owns one. */
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
