package io.offramp.proxy.upstream;

import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.net.proxyprotocol.ProxyVersion;
import io.offramp.proxy.upstream.balance.BalanceConfig;
import io.offramp.proxy.upstream.health.HealthConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Servers that answer the same requests.
 *
 * @param name for routes, logs and metrics
 * @param protocol that all of them speak
 * @param servers at least one
 * @param balance how requests are shared
 * @param health how it is found out which of them are well
 * @param limits of requests and further attempts
 * @param proxyProtocol of the header in front of each connection, in tcp mode only; null for none
 */
public record UpstreamConfig(
        String name,
        UpstreamProtocol protocol,
        List<ServerConfig> servers,
        BalanceConfig balance,
        HealthConfig health,
        UpstreamLimits limits,
        @Nullable ProxyVersion proxyProtocol) {
    /** Copies the list. */
    public UpstreamConfig {
        servers = List.copyOf(servers);
    }

    /** Servers that speak HTTP/1.1. */
    public UpstreamConfig(String name, List<? extends ServerAddress> servers) {
        this(name, UpstreamProtocol.HTTP1, servers);
    }

    /** Servers of equal weight, with defaults. */
    public UpstreamConfig(String name, UpstreamProtocol protocol, List<? extends ServerAddress> servers) {
        this(
                name,
                protocol,
                servers.stream().map(each -> new ServerConfig(each)).toList(),
                BalanceConfig.DEFAULTS,
                HealthConfig.DEFAULTS,
                UpstreamLimits.DEFAULTS,
                null);
    }

    /** Other servers, used in the same way. */
    public UpstreamConfig withServers(List<ServerConfig> others) {
        return new UpstreamConfig(name, protocol, others, balance, health, limits, proxyProtocol);
    }

    /** The same servers, shared in another way. */
    public UpstreamConfig with(BalanceConfig other) {
        return new UpstreamConfig(name, protocol, servers, other, health, limits, proxyProtocol);
    }

    /** The same servers, watched in another way. */
    public UpstreamConfig with(HealthConfig other) {
        return new UpstreamConfig(name, protocol, servers, balance, other, limits, proxyProtocol);
    }

    /** The same servers within other limits. */
    public UpstreamConfig with(UpstreamLimits other) {
        return new UpstreamConfig(name, protocol, servers, balance, health, other, proxyProtocol);
    }
}
