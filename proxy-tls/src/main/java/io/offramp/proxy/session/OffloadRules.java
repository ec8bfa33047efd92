package io.offramp.proxy.session;

import io.offramp.offload.OffloadProvider;
import io.offramp.proxy.session.OffloadConfig.Policy;
import java.util.Map;

/**
 * Which backends and modes go together. The configuration file and the command line ask here, and report a refusal each
 * in its own words.
 */
public final class OffloadRules {
    /** The backend that a mode means if none is named. */
    public static final String DEFAULT_BACKEND = "device";

    private final Map<String, OffloadProvider> backends;

    /** @param backends by name */
    public OffloadRules(Map<String, OffloadProvider> backends) {
        this.backends = backends;
    }

    /** True if there is a backend of this name. */
    public boolean knows(String backend) {
        return backends.containsKey(backend);
    }

    /** True if the backend can own a listener's connections. */
    public boolean takesConnections(String backend) {
        OffloadProvider provider = backends.get(backend);
        return provider != null && provider.takesConnections();
    }

    /** The policy of a direction for which none is given. */
    public static Policy defaultPolicy(String backend) {
        return isSoftware(backend) ? Policy.SW : Policy.AUTO;
    }

    /** True if a direction may have this policy: software is no hardware. */
    public static boolean allows(String backend, Policy policy) {
        return policy == Policy.SW || !isSoftware(backend);
    }

    private static boolean isSoftware(String backend) {
        return backend.equals(OffloadConfig.SOFTWARE.backend());
    }
}
