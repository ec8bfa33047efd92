package io.offramp.proxy.metrics;

import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.health.ServerState;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collection;
import java.util.function.Supplier;

/**
 * Meters of single servers, read when they are scraped: those of the current configuration, so that their number is
 * bounded and a server that was removed disappears.
 */
final class ServerMetrics implements MultiCollector {
    private final Supplier<Collection<UpstreamGroup>> upstreams;

    ServerMetrics(Supplier<Collection<UpstreamGroup>> upstreams) {
        this.upstreams = upstreams;
    }

    @Override
    public MetricSnapshots collect() {
        GaugeSnapshot.Builder up = GaugeSnapshot.builder()
                .name("offramp_upstream_server_up")
                .help("1 for a server that gets requests, 0 for one that does not");
        GaugeSnapshot.Builder active = GaugeSnapshot.builder()
                .name("offramp_upstream_server_active")
                .help("Requests that a server has under way; in tcp mode, connections");
        CounterSnapshot.Builder requests = CounterSnapshot.builder()
                .name("offramp_upstream_server_requests")
                .help("Requests that were sent to a server; in tcp mode, connections");
        CounterSnapshot.Builder faults = CounterSnapshot.builder()
                .name("offramp_upstream_server_faults")
                .help("Answers of 500 and above, or none, or broken ones");
        HistogramSnapshot.Builder durations = HistogramSnapshot.builder()
                .name("offramp_upstream_server_answer_duration_seconds")
                .help("From the head of a request to a server to the head of its answer");
        for (UpstreamGroup group : upstreams.get()) {
            for (UpstreamServer server : group.servers()) {
                Labels labels = Labels.of("upstream", group.name(), "server", server.name());
                boolean isUp = server.health().standing().state() == ServerState.UP;
                up.dataPoint(Points.gauge(labels, isUp ? 1 : 0));
                active.dataPoint(Points.gauge(labels, server.requests().active()));
                requests.dataPoint(Points.counter(labels, server.requests().requests()));
                faults.dataPoint(Points.counter(labels, server.requests().faults()));
                durations.dataPoint(Points.histogram(labels, server.requests().answerDurations()));
            }
        }
        return MetricSnapshots.of(up.build(), active.build(), requests.build(), faults.build(), durations.build());
    }
}
