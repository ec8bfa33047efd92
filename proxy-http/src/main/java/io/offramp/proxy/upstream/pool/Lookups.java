package io.offramp.proxy.upstream.pool;

import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.upstream.ServerConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of all servers, asked for at once: a name server that does not answer costs its time once. What takes
 * longer than {@link #PATIENCE_MS} has a line in the log.
 */
final class Lookups {
    /** A name server that answers needs far less; one that is silent, ten seconds. */
    private static final long PATIENCE_MS = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(Lookups.class);

    private Lookups() {}

    /** Blocks until all have an answer, or none in time. Gives the addresses of each server of the upstreams. */
    static Function<ServerAddress, List<? extends SocketAddress>> of(
            Collection<UpstreamConfig> upstreams, Function<ServerAddress, List<? extends SocketAddress>> resolver) {
        Map<ServerAddress, CompletableFuture<List<? extends SocketAddress>>> asked = new LinkedHashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (UpstreamConfig upstream : upstreams) {
                for (ServerConfig server : upstream.servers()) {
                    asked.computeIfAbsent(
                            server.address(),
                            address -> address.isName()
                                    ? CompletableFuture.supplyAsync(() -> resolver.apply(address), threads)
                                    : CompletableFuture.completedFuture(resolver.apply(address)));
                }
            }
            warnOfSilence(asked);
        }
        Map<ServerAddress, List<? extends SocketAddress>> found = new LinkedHashMap<>();
        asked.forEach((address, answer) -> found.put(address, answer.join()));
        return address -> Objects.requireNonNull(found.get(address), address.toString());
    }

    private static void warnOfSilence(Map<ServerAddress, ? extends CompletableFuture<?>> asked) {
        CompletableFuture<?> all = CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new));
        all.copy().completeOnTimeout(null, PATIENCE_MS, TimeUnit.MILLISECONDS).join();
        List<ServerAddress> late = asked.entrySet().stream()
                .filter(entry -> !entry.getValue().isDone())
                .map(Map.Entry::getKey)
                .toList();
        if (!late.isEmpty()) {
            LOG.warn("waiting for the name server, which has not answered for {}", late);
        }
    }
}
