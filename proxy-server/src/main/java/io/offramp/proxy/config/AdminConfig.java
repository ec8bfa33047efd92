package io.offramp.proxy.config;

import io.offramp.proxy.net.HostPort;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The admin listener.
 *
 * @param bind where it listens
 * @param hosts what else than its address and loopback names a request may call it, lower case, without a port
 * @param tokenFile with the token that requests have to bring, but for {@code /healthz}; null for none
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

    /** What is doubtful about it; null if nothing is. */
    public @Nullable String warning() {
        return bind.isLocal() || tokenFile != null
                ? null
                : bind
                        + " is not loopback, and no token is asked for: whoever reaches it sees all connections and "
                        + "may have files read"
                        + " again; set token-file, or bind to loopback or unix:FILE";
    }
}
