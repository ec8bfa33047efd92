package io.offramp.proxy.whatif;

import io.offramp.offload.Capabilities;
import io.offramp.offload.Capacity;
import io.offramp.offload.RecordOffload;

/**
 * The figures of a device.
 *
 * @param capabilities versions and suites that it takes
 * @param capacity its contexts and rates
 */
public record DeviceFigures(Capabilities capabilities, Capacity capacity) {
    /** The figures of an open backend. */
    public static DeviceFigures of(RecordOffload backend) {
        return new DeviceFigures(backend.capabilities(), backend.capacity());
    }

    /** True if it has this version and suite at all. */
    boolean takes(Flow flow) {
        return capabilities.supports(flow.direction(), flow.version(), flow.suite());
    }

    /** Directions held at once: the smaller of both figures. */
    public long contexts() {
        return Math.min(capacity.contexts(), capabilities.maxContexts());
    }
}
