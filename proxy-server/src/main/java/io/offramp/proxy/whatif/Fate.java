package io.offramp.proxy.whatif;

import org.jspecify.annotations.Nullable;

/**
 * What became of a flow.
 *
 * @param offloaded whether the device took it
 * @param refusal why it did not although it was asked; null if it did, or if the policy never asked
 * @param share which part of its records and bytes the device did, 0 to 1
 */
public record Fate(Flow flow, boolean offloaded, @Nullable Refusal refusal, double share) {
    static Fate software(Flow flow) {
        return new Fate(flow, false, null, 0);
    }

    static Fate refused(Flow flow, Refusal why) {
        return new Fate(flow, false, why, 0);
    }

    static Fate offloaded(Flow flow, double share) {
        return new Fate(flow, true, null, share);
    }
}
