package io.offramp.proxy.upstream.resolve;

import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.net.ServiceName;
import io.offramp.proxy.upstream.ServerConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The servers of services, by DNS. A change of an answer is a change of the upstreams' configuration: the next one gets
 * other servers, and those that stay keep their states and connections. Thread-safe.
 */
public final class Services implements AutoCloseable {
    /** Most time for the first answers. */
    private static final Duration FIRST = Duration.ofSeconds(5);

    private final Supplier<? extends Names> source;
    private final Map<ServiceName, ServiceWatch> watches = new HashMap<>();
    private @Nullable Names names;
    private volatile Runnable onChange = () -> {};

    /** @param source is asked only if there is a service; what it gives is closed with this */
    public Services(Supplier<? extends Names> source) {
        this.source = source;
    }

    /** @param listener runs on an event loop when a service that is watched has other servers */
    public void onChange(Runnable listener) {
        onChange = listener;
    }

    /**
     * The same upstreams with servers in the place of services. A service that is not known yet stays as it is: a
     * server that nobody reaches. Waits for the first answer, so never on an event loop.
     *
     * @param configured by name
     */
    public Map<String, UpstreamConfig> expand(Map<String, UpstreamConfig> configured) {
        Set<ServiceName> used = services(configured.values());
        if (used.isEmpty()) {
            return configured;
        }
        Map<ServiceName, ServiceWatch> known = watch(used);
        await(known.values());
        Map<String, UpstreamConfig> expanded = new LinkedHashMap<>();
        configured.forEach((name, config) -> expanded.put(name, config.withServers(servers(config.servers(), known))));
        return expanded;
    }

    /** Services of other upstreams are not watched any more. */
    public void keep(Collection<UpstreamConfig> upstreams) {
        Set<ServiceName> used = services(upstreams);
        synchronized (watches) {
            watches.entrySet().removeIf(each -> {
                boolean gone = !used.contains(each.getKey());
                if (gone) {
                    each.getValue().close();
                }
                return gone;
            });
        }
    }

    private static Set<ServiceName> services(Collection<UpstreamConfig> upstreams) {
        Set<ServiceName> used = new HashSet<>();
        for (UpstreamConfig upstream : upstreams) {
            for (ServerConfig server : upstream.servers()) {
                if (server.address() instanceof ServiceName service) {
                    used.add(service);
                }
            }
        }
        return used;
    }

    private Map<ServiceName, ServiceWatch> watch(Set<ServiceName> used) {
        synchronized (watches) {
            Names asked = names == null ? source.get() : names;
            names = asked;
            for (ServiceName each : used) {
                watches.computeIfAbsent(each, service -> {
                    ServiceWatch watch = new ServiceWatch(asked, service, () -> onChange.run());
                    watch.start();
                    return watch;
                });
            }
            return Map.copyOf(watches);
        }
    }

    private static void await(Collection<ServiceWatch> watches) {
        long endNs = System.nanoTime() + FIRST.toNanos();
        try {
            for (ServiceWatch each : watches) {
                each.await(endNs - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<ServerConfig> servers(List<ServerConfig> configured, Map<ServiceName, ServiceWatch> known) {
        Map<ServerAddress, ServerConfig> all = new LinkedHashMap<>();
        for (ServerConfig each : configured) {
            ServiceWatch watch = each.address() instanceof ServiceName service ? known.get(service) : null;
            List<ServiceTarget> targets = watch == null ? List.of() : watch.targets();
            List<ServerConfig> servers = targets.isEmpty() ? List.of(each) : servers(each, targets);
            servers.forEach(server -> all.putIfAbsent(server.address(), server));
        }
        return List.copyOf(all.values());
    }

    /** Priorities count from 0 in their order, so that backups are behind them. */
    private static List<ServerConfig> servers(ServerConfig service, List<ServiceTarget> targets) {
        List<Integer> priorities = targets.stream()
                .map(ServiceTarget::priority)
                .distinct()
                .sorted()
                .toList();
        List<ServerConfig> servers = new ArrayList<>();
        for (ServiceTarget each : targets) {
            int rank = Math.min(priorities.indexOf(each.priority()), ServerConfig.BACKUP - 1);
            int priority = Math.max(service.priority(), rank);
            servers.add(new ServerConfig(each.address(), Math.max(1, each.weight()), priority));
        }
        return servers;
    }

    /** Ends the lookups. */
    @Override
    public void close() {
        keep(List.of());
        synchronized (watches) {
            if (names != null) {
                names.close();
            }
        }
    }
}
