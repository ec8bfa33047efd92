package io.offramp.proxy.whatif;

import org.jspecify.annotations.Nullable;

/**
 * The fate of a flow.
 *
 * @param offloaded true if the device took it
 * @param refusal reason of the device to decline; null if it took the flow, or if the policy never asked
 * @param share of its records and bytes that the device did, 0 to 1
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
