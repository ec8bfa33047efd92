package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Tags;
import io.offramp.proxy.sockets.PastUpgrades;

/**
 * Upgrades, counted over all processes that have followed one another: a process goes on with the counts of the one
 * before, so the counter does not begin anew with each success. Thread-safe.
 */
public final class UpgradeMetrics {
    private final CounterFamily<Boolean> upgrades;

    UpgradeMetrics(MeterScope scope) {
        upgrades = new CounterFamily<>(
                scope,
                "offramp.upgrades",
                "Upgrades after which the new process served, or that failed, since the first process",
                done -> Tags.of("result", done ? "success" : "failure"));
        upgrades.of(true);
        upgrades.of(false);
    }

    /** An upgrade has ended. Counted by the process that serves then. */
    public void onUpgrade(boolean done) {
        upgrades.of(done).increment();
    }

    /** What the processes before have counted. Once. */
    public void goOnFrom(PastUpgrades before) {
        upgrades.of(true).add(before.done());
        upgrades.of(false).add(before.failed());
    }

    /** Those with this end so far. */
    public long count(boolean done) {
        return upgrades.of(done).sum();
    }
}
