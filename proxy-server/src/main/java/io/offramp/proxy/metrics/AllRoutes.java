package io.offramp.proxy.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The meters of all routes, read when they are scraped. Thread-safe. */
final class AllRoutes implements MultiCollector {
    private final Map<Key, RouteMetrics> routes = new ConcurrentHashMap<>();

    private record Key(String listener, String route) {
        Labels labels() {
            return Labels.of("listener", listener, "route", route);
        }
    }

    /** The same object each time, until {@link #keep} removes it. */
    RouteMetrics of(String listener, String route) {
        return routes.computeIfAbsent(new Key(listener, route), _ -> new RouteMetrics());
    }

    /**
     * Removes all others.
     *
     * @param names of routes, by listener
     */
    void keep(Map<String, ? extends Collection<String>> names) {
        routes.keySet().removeIf(key -> {
            Collection<String> kept = names.get(key.listener());
            return kept == null || !kept.contains(key.route());
        });
    }

    @Override
    public MetricSnapshots collect() {
        CounterSnapshot.Builder requests = CounterSnapshot.builder()
                .name("offramp_route_requests")
                .help("HTTP requests of a route that were answered");
        HistogramSnapshot.Builder durations = HistogramSnapshot.builder()
                .name("offramp_route_request_duration_seconds")
                .help("From the first byte of a request to the last of its answer, by route");
        routes.forEach((key, route) -> {
            for (StatusClass each : StatusClass.values()) {
                Labels labels = key.labels().add("status", each.label());
                requests.dataPoint(Points.counter(labels, route.requests(each)));
            }
            durations.dataPoint(Points.histogram(key.labels(), route.durations()));
        });
        return MetricSnapshots.of(requests.build(), durations.build());
    }
}
