package io.offramp.proxy.whatif;

import io.offramp.proxy.session.AutoPolicy;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.RecordCost;
import java.util.List;

/**
 * Runs recorded traffic over a simulated device.
 *
 * @param device its figures
 * @param cost CPU of the host for records
 */
public record Simulation(DeviceFigures device, RecordCost cost) {
    /** The rule of {@code auto}, the same as in a running proxy with such a device. */
    public AutoPolicy auto() {
        return AutoPolicy.of(device.capacity(), cost);
    }

    /** The result of a policy, for both directions, with this traffic. */
    public Outcome run(Policy policy, List<Flow> flows) {
        return new Run(this, policy, flows).outcome();
    }
}
