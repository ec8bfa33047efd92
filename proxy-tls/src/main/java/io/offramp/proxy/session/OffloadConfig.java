package io.offramp.proxy.session;

import io.offramp.offload.record.Direction;

/** Where the records of a listener's sessions are protected. */
public sealed interface OffloadConfig {
    /** The choice of a direction's mode. */
    enum Policy {
        /** Starts in software; moved once the session has carried enough to pay for it. */
        AUTO,
        /** Always in software. */
        SW,
        /** In the backend from the start, in software if it declines. */
        HW
    }

    /** Software for both directions. */
    OffloadConfig SOFTWARE = new PerDirection("sw", Policy.SW, Policy.SW);

    /** Name of the backend for {@code hw} and {@code auto}: {@code device}; {@code sw} for none. */
    String backend();

    /** The policy for one direction of a session. */
    Policy policy(Direction direction);

    /**
     * The host owns the connections, and each direction has a mode of its own.
     *
     * @param tx policy for records that we send
     * @param rx policy for records that we receive
     */
    record PerDirection(String backend, Policy tx, Policy rx) implements OffloadConfig {
        @Override
        public Policy policy(Direction direction) {
            return direction == Direction.TX ? tx : rx;
        }
    }

    /** The backend owns the listener and its connections (mode {@code hw-record}), so it has both directions. */
    record WholeConnections(String backend) implements OffloadConfig {
        @Override
        public Policy policy(Direction direction) {
            return Policy.HW;
        }
    }
}
