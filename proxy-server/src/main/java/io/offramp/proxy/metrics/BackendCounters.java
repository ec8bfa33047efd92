package io.offramp.proxy.metrics;

import io.offramp.offload.RecordOffload;
import io.offramp.offload.counter.OffloadCounter;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The counters of all open backends, under their own names but in base units, with the backend as label. They are not
 * Micrometer meters, because its Prometheus registry appends {@code _total}, and readers look for ethtool's
 * {@code tx_tls_encrypted_packets}. So they are untyped, like node_exporter's ethtool counters; {@code rate()} works on
 * them.
 */
final class BackendCounters implements MultiCollector {
    private final List<Entry> entries = new CopyOnWriteArrayList<>();
    private final SortedSet<String> names = new ConcurrentSkipListSet<>();

    record Entry(String backend, OffloadCounter counter) {}

    /** Adds the counters of a newly opened backend. */
    void add(RecordOffload backend) {
        names.add(backend.name());
        backend.counters().forEach(counter -> entries.add(new Entry(backend.name(), counter)));
    }

    /** Of the open backends. */
    SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(names);
    }

    List<Entry> entries() {
        return entries;
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, List<Entry>> byName = new LinkedHashMap<>();
        entries.forEach(e ->
                byName.computeIfAbsent(e.counter.name(), n -> new ArrayList<>()).add(e));
        return new MetricSnapshots(
                byName.values().stream().map(BackendCounters::snapshot).toList());
    }

    private static MetricSnapshot snapshot(List<Entry> sameName) {
        OffloadCounter first = sameName.getFirst().counter;
        MetricMetadata metadata = new MetricMetadata(
                BaseUnit.of(first.name()).name(), first.description().replace("Bits ", "Bytes "));
        return switch (first.kind()) {
            case GAUGE ->
                new GaugeSnapshot(
                        metadata,
                        sameName.stream()
                                .map(e -> new GaugeDataPointSnapshot(value(e), labels(e), null))
                                .toList());
            case COUNTER ->
                new UnknownSnapshot(
                        metadata,
                        sameName.stream()
                                .map(e -> new UnknownDataPointSnapshot(value(e), labels(e), null))
                                .toList());
        };
    }

    private static double value(Entry e) {
        return e.counter.value().getAsLong() / BaseUnit.of(e.counter.name()).divisor();
    }

    private static Labels labels(Entry e) {
        return Labels.of("backend", e.backend);
    }
}
