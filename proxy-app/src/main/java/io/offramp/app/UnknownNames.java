package io.offramp.app;

import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.upstream.ServerConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.resolve.DnsNames;
import io.offramp.proxy.upstream.resolve.Services;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Names of servers that have no address now, and addresses in zones that are not there. */
final class UnknownNames {
    private UnknownNames() {}

    /** A line for each, in the order of the configuration. Looks all names up at once; blocks. */
    static List<String> of(Collection<UpstreamConfig> upstreams) {
        List<CompletableFuture<String>> lookups = new ArrayList<>();
        try (Services services = new Services(DnsNames::alone);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<String, UpstreamConfig> named = new LinkedHashMap<>();
            upstreams.forEach(upstream -> named.put(upstream.name(), upstream));
            for (UpstreamConfig upstream : services.expand(named).values()) {
                for (ServerConfig server : upstream.servers()) {
                    lookups.add(CompletableFuture.supplyAsync(
                            () -> isUnknown(server.address()) ? line(upstream, server) : "", threads));
                }
            }
        }
        return lookups.stream()
                .map(CompletableFuture::join)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static String line(UpstreamConfig upstream, ServerConfig server) {
        return "upstream " + upstream.name() + ": " + server.address()
                + (server.address().isName()
                        ? " has no address now: the name does not resolve"
                        : " cannot be reached: there is no such interface now");
    }

    private static boolean isUnknown(ServerAddress address) {
        return address.resolveAll().getFirst() instanceof InetSocketAddress found && found.isUnresolved();
    }
}
