package io.offramp.proxy.upstream;

import io.offramp.proxy.net.ServerAddress;
import java.util.List;

/**
 * Servers that answer the same requests, used in turn.
 *
 * @param name for routes, logs and metrics
 * @param servers at least one
 */
public record UpstreamConfig(String name, List<ServerAddress> servers) {
    /** Copies the list. */
    public UpstreamConfig {
        servers = List.copyOf(servers);
    }
}
