package io.offramp.app.e2e;

import io.offramp.proxy.session.OffloadConfig;
import io.offramp.proxy.session.OffloadConfig.PerDirection;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.OffloadConfig.WholeConnections;

/** What a test asks for one direction, as a parameter; {@code HW_RECORD} for both. */
public enum OffloadMode {
    AUTO,
    SW,
    HW,
    HW_RECORD;

    static OffloadConfig config(String backend, OffloadMode tx, OffloadMode rx) {
        return tx == HW_RECORD && rx == HW_RECORD
                ? new WholeConnections(backend)
                : new PerDirection(backend, tx.policy(), rx.policy());
    }

    private Policy policy() {
        return switch (this) {
            case AUTO -> Policy.AUTO;
            case SW -> Policy.SW;
            case HW -> Policy.HW;
            case HW_RECORD -> throw new IllegalArgumentException("hw-record is for both directions");
        };
    }
}
