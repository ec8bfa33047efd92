package io.offramp.proxy.upstream;

import io.offramp.proxy.net.HostPort;
import java.util.List;

/**
 * Servers that answer the same requests, used in turn.
 *
 * @param name for routes, logs and metrics
 * @param servers at least one
 */
public record UpstreamConfig(String name, List<HostPort> servers) {
    /** Copies the list. */
    public UpstreamConfig {
        servers = List.copyOf(servers);
    }
}
