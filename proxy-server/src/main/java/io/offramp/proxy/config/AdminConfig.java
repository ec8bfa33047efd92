package io.offramp.proxy.config;

import io.offramp.proxy.net.HostPort;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The admin listener.
 *
 * @param bind listening address
 * @param hosts allowed names in requests beside its address and loopback names, lower case, without a port
 * @param tokenFile file with the token that requests must carry, except for {@code /healthz}; null for none
 */
public record AdminConfig(
        AdminAddress bind, Set<String> hosts, @Nullable Path tokenFile) {
    /** Copies the set. */
    public AdminConfig {
        hosts = Set.copyOf(hosts);
    }

    /** Without further names and without a token. */
    public static AdminConfig of(HostPort bind) {
        return new AdminConfig(new AdminAddress.Tcp(bind), Set.of(), null);
    }

    /** A warning about it; null for none. */
    public @Nullable String warning() {
        return bind.isLocal() || tokenFile != null
                ? null
                : bind
                        + " is not loopback, and no token is required: anyone who reaches it sees all connections and "
                        + "can have files read again; set token-file, or bind to loopback or unix:FILE";
    }
}
