package io.offramp.proxy.upstream;

import io.offramp.proxy.net.ServerAddress;
import java.util.List;

/**
 * Servers that answer the same requests, used in turn.
 *
 * @param name for routes, logs and metrics
 * @param protocol that all of them speak
 * @param servers at least one
 */
public record UpstreamConfig(String name, UpstreamProtocol protocol, List<ServerAddress> servers) {
    /** Copies the list. */
    public UpstreamConfig {
        servers = List.copyOf(servers);
    }

    /** Servers that speak HTTP/1.1. */
    public UpstreamConfig(String name, List<ServerAddress> servers) {
        this(name, UpstreamProtocol.HTTP1, servers);
    }
}
