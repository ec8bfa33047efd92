package io.offramp.proxy.generation;

import io.offramp.proxy.budget.ClientLimits;
import io.offramp.proxy.reload.Reloadable;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A checked configuration, made ready to serve. Immutable; certificates and the like have references of their own,
 * because their files change more often.
 *
 * @param listeners in the order of the configuration
 * @param upstreams that routes name
 * @param limits with a value for each
 * @param files that listeners have read, to be read again when they change
 */
public record Generation(
        List<ListenerGeneration> listeners, Upstreams upstreams, ClientLimits limits, List<Reloadable> files) {
    /** Copies the lists. */
    public Generation {
        listeners = List.copyOf(listeners);
        files = List.copyOf(files);
    }

    /** The listener of that socket, or null. */
    @Nullable
    ListenerGeneration listener(ListenerKey key) {
        return listeners.stream()
                .filter(each -> each.key().equals(key))
                .findFirst()
                .orElse(null);
    }
}
