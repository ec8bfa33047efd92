package io.offramp.proxy.server;

import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.reload.ReloadOutcome;
import io.offramp.proxy.reload.Reloadable;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.resolve.Services;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Has the servers used that DNS lists for services: the same configuration, read once more. In the form of a reload,
 * because it takes the same steps on the same thread.
 */
final class ServiceChange implements Reloadable {
    private final Services services;
    private final ProxyServer server;

    private ServiceChange(Services services, ProxyServer server) {
        this.services = services;
        this.server = server;
    }

    /** From now on. */
    static void watch(Services services, ProxyServer server) {
        ServiceChange change = new ServiceChange(services, server);
        services.onChange(() -> server.reloads().soon(change));
        server.succession().onTakenBack(() -> server.reloads().soon(change)); // one while it was replaced did nothing
        server.reloads().soon(change); // there may have been one since the start
    }

    @Override
    public String kind() {
        return "servers";
    }

    @Override
    public String owner() {
        return ProxyMetrics.DNS;
    }

    @Override
    public Collection<Path> files() {
        return List.of();
    }

    @Override
    public ReloadOutcome reload() {
        if (server.isDraining()) {
            return ReloadOutcome.changed(List.of());
        }
        ProxyConfig config = server.config();
        List<String> changed = changed(services.expand(config.upstreams()));
        if (!changed.isEmpty()) {
            try {
                server.become(config);
            } catch (StartException e) {
                return ReloadOutcome.failed(String.valueOf(e.getMessage()));
            }
        }
        return ReloadOutcome.changed(changed);
    }

    private List<String> changed(Map<String, UpstreamConfig> now) {
        List<String> changed = new ArrayList<>();
        server.upstreams().forEach(group -> {
            UpstreamConfig other = now.get(group.name());
            if (other != null && !other.equals(group.config())) {
                changed.add(
                        "upstream " + group.name() + " has " + other.servers().size() + " servers now");
            }
        });
        return changed;
    }
}
