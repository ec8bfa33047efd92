package io.offramp.proxy.metrics;

import io.offramp.offload.record.Direction;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Content of data records, by direction. Not a Micrometer meter: that takes single values, and sessions report records
 * by the burst. Thread-safe.
 */
final class RecordSizes implements Collector {
    private final MetricMetadata metadata;
    private final Map<Direction, Buckets> buckets = new EnumMap<>(Direction.class);

    /** @param prefix of the name */
    RecordSizes(String prefix) {
        metadata =
                new MetricMetadata(prefix.replace('.', '_') + "_record_bytes", "Content of application data records");
        for (Direction direction : Direction.values()) {
            buckets.put(direction, new Buckets());
        }
    }

    /** The sizes of one direction; the same object each time. */
    Buckets of(Direction direction) {
        return Objects.requireNonNull(buckets.get(direction));
    }

    @Override
    public HistogramSnapshot collect() {
        List<HistogramDataPointSnapshot> points = buckets.entrySet().stream()
                .map(each -> each.getValue().snapshot(each.getKey()))
                .toList();
        return new HistogramSnapshot(metadata, points);
    }

    /** One direction. */
    static final class Buckets {
        /** A packet of a call, a short record, a page, half a full record, a full one. */
        private static final int[] BOUNDS = {512, 1400, 4096, 8192, 16_384};

        private final LongAdder[] counts = new LongAdder[BOUNDS.length];
        private final LongAdder bytes = new LongAdder();

        Buckets() {
            for (int i = 0; i < counts.length; i++) {
                counts[i] = new LongAdder();
            }
        }

        /** @param contentBytes of each record, at most 16,384 (RFC 8446 §5.1) */
        void add(int contentBytes, long records) {
            int i = 0;
            while (contentBytes > BOUNDS[i]) {
                i++;
            }
            counts[i].add(records);
            bytes.add(contentBytes * records);
        }

        private HistogramDataPointSnapshot snapshot(Direction direction) {
            ClassicHistogramBuckets.Builder histogram = ClassicHistogramBuckets.builder();
            for (int i = 0; i < BOUNDS.length; i++) {
                histogram.bucket(BOUNDS[i], counts[i].sum());
            }
            return HistogramDataPointSnapshot.builder()
                    .classicHistogramBuckets(
                            histogram.bucket(Double.POSITIVE_INFINITY, 0).build())
                    .sum(bytes.sum())
                    .labels(Labels.of("direction", SessionMeter.label(direction)))
                    .build();
        }
    }
}
