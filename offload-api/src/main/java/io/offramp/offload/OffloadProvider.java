package io.offramp.offload;

import io.offramp.offload.record.Direction;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a backend. Found by {@link java.util.ServiceLoader} on the class path of the proxy, which ends with the jars of
 * its folder {@code plugins}: the class needs a public constructor without parameters, and its name in
 * {@code META-INF/services/io.offramp.offload.OffloadProvider}. Made once per process, and asked from any thread.
 */
public interface OffloadProvider {
    /** As configuration names it: {@code sw}, {@code device}, {@code ktls}. */
    String name();

    /**
     * Settings that the backend has under {@code offload.<name>} of a configuration, with one line of help each,
     * default included. Other names there are configuration errors.
     */
    Map<String, String> settings();

    /** Those of the settings that reveal the traffic: they need the user's word for it on the command line as well. */
    default Set<String> unsafeSettings() {
        return Set.of();
    }

    /** Whether its backend takes whole connections: {@link RecordOffload#connections()} is not null then. */
    default boolean takesConnections() {
        return false;
    }

    /**
     * Why a backend with these settings takes no session's direction, for a user who asks for just that; null where it
     * may take one.
     *
     * @throws IllegalArgumentException if a setting is wrong, as {@link #open} does
     */
    default @Nullable String refusal(Direction direction, Map<String, String> settings) {
        return null;
    }

    /**
     * Opens the backend. A machine that cannot run it is not an error: {@link RecordOffload#availability()} says so.
     *
     * @param settings values by name; settings that are absent have their defaults
     * @throws IllegalArgumentException if a value is wrong: {@code contexts: must be 1 to 65536, is 0}
     */
    RecordOffload open(Map<String, String> settings);
}
