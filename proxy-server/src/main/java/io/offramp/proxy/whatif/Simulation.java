package io.offramp.proxy.whatif;

import io.offramp.proxy.session.AutoPolicy;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.RecordCost;
import java.util.List;

/**
 * Runs traffic that was seen over a device that was not there.
 *
 * @param device what it takes
 * @param cost what records cost the host
 */
public record Simulation(DeviceFigures device, RecordCost cost) {
    /** When {@code auto} moves a direction, here as in a running proxy with such a device. */
    public AutoPolicy auto() {
        return AutoPolicy.of(device.capacity(), cost);
    }

    /** What a policy, for both directions, makes of this traffic. */
    public Outcome run(Policy policy, List<Flow> flows) {
        return new Run(this, policy, flows).outcome();
    }
}
