package io.offramp.offload;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import java.util.Set;

/**
 * The sessions that a backend takes. A request for another one is declined, never an error.
 *
 * @param mode mode of its sessions
 * @param directions directions that it takes
 * @param versions protocol versions that it takes
 * @param suites AEADs that it takes
 * @param maxContexts how many directions it holds at once; {@link #UNLIMITED} for the host's memory
 */
public record Capabilities(
        RecordMode mode,
        Set<Direction> directions,
        Set<ProtocolVersion> versions,
        Set<AeadSuite> suites,
        long maxContexts) {
    /** No limit but memory. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** Copies the sets. */
    public Capabilities {
        directions = Set.copyOf(directions);
        versions = Set.copyOf(versions);
        suites = Set.copyOf(suites);
    }

    /** True if a direction of such a session can be installed, contexts permitting. */
    public boolean supports(Direction direction, ProtocolVersion version, AeadSuite suite) {
        return directions.contains(direction) && versions.contains(version) && suites.contains(suite);
    }
}
