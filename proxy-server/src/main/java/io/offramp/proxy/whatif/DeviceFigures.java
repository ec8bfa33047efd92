package io.offramp.proxy.whatif;

import io.offramp.offload.Capabilities;
import io.offramp.offload.Capacity;
import io.offramp.offload.RecordOffload;

/**
 * What a device says of itself.
 *
 * @param capabilities versions and suites that it takes
 * @param capacity how much it takes; its contexts are these
 */
public record DeviceFigures(Capabilities capabilities, Capacity capacity) {
    /** As an open backend says. */
    public static DeviceFigures of(RecordOffload backend) {
        return new DeviceFigures(backend.capabilities(), backend.capacity());
    }

    /** True where it takes such a direction at all. */
    boolean takes(Flow flow) {
        return capabilities.supports(flow.direction(), flow.version(), flow.suite());
    }

    /** Directions that it holds at once: the smaller of both figures. */
    public long contexts() {
        return Math.min(capacity.contexts(), capabilities.maxContexts());
    }
}
