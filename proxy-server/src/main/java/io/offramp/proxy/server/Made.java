package io.offramp.proxy.server;

import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.config.UpstreamTlsConfig;
import io.offramp.proxy.generation.CurrentListener;
import io.offramp.proxy.generation.Generation;
import io.offramp.proxy.generation.Generations;
import io.offramp.proxy.generation.ListenerKey;
import io.offramp.proxy.generation.Terms;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.reload.Reloadable;
import io.offramp.proxy.upstream.TransportSecurity;
import io.offramp.proxy.upstream.UpstreamGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A generation, with the configuration that it was made from and the parts that the next one may take over.
 *
 * @param config of the generation
 * @param generation ready to serve
 * @param current finds each listener in the generation of any time; the same object in all generations
 * @param routed the same for those who have met its terms; another object once these change
 * @param handshakes by listener
 * @param secured by upstream
 */
record Made(
        ProxyConfig config,
        Generation generation,
        Map<ListenerKey, CurrentListener> current,
        Map<ListenerKey, CurrentListener> routed,
        Map<ListenerKey, HandshakeParts> handshakes,
        Map<String, Secured> secured) {
    /**
     * TLS with the servers of one upstream.
     *
     * @param from it was made from
     * @param timeout of handshakes
     * @param security the whole
     * @param files that were read
     */
    record Secured(UpstreamTlsConfig from, Duration timeout, TransportSecurity security, List<Reloadable> files) {}

    /** Another generation follows: listeners that it does not have are found in this one for good. */
    void settle() {
        current.values().forEach(CurrentListener::get);
        routed.values().forEach(CurrentListener::get);
    }

    /** Finds the routes of connections that have met these terms. */
    CurrentListener routed(Generations generations, ListenerKey key, Terms terms) {
        CurrentListener known = routed.get(key);
        return known != null && known.isFor(terms) ? known : new CurrentListener(generations, key, terms);
    }

    /** Removes the meters of listeners, routes and upstreams that this generation does not have. */
    void keepMeters(ProxyMetrics metrics) {
        Map<String, Set<String>> routes = new HashMap<>();
        for (ListenerConfig listener : config.listeners()) { // two may share a name
            Set<String> names = routes.computeIfAbsent(listener.name(), _ -> new HashSet<>());
            listener.routes().forEach(route -> names.add(route.name()));
        }
        metrics.keep(
                routes,
                generation.upstreams().groups().stream()
                        .map(UpstreamGroup::name)
                        .collect(Collectors.toSet()));
    }

    /** Files that listeners write secrets to. */
    Set<Path> keyLogs() {
        return config.listeners().stream()
                .flatMap(each -> Stream.ofNullable(each.tls()))
                .flatMap(tls -> Stream.ofNullable(tls.keylog()))
                .collect(Collectors.toSet());
    }

    /**
     * Shows the certificates of this generation, now and after each change of their files.
     *
     * @param before whose certificates are shown already; null for none
     */
    void showCertificates(@Nullable Made before, ProxyMetrics metrics) {
        Collection<HandshakeParts> known = before == null ? List.of() : before.handshakes.values();
        handshakes.values().stream()
                .filter(parts -> known.stream().noneMatch(other -> other == parts))
                .forEach(parts -> parts.certificates().publishTo(metrics.listener(parts.listener())::onCertificates));
    }
}
