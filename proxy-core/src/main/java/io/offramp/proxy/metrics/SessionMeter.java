package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.offramp.offload.RecordMode;
import io.offramp.offload.record.Direction;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** Counts all the sessions that protect the same direction in the same backend and mode. Thread-safe. */
final class SessionMeter {
    private final Key key;
    private final LongAdder installed;
    private final LongAdder released = new LongAdder();
    private final LongAdder records;
    private final LongAdder bytes;

    record Key(Direction direction, String backend, RecordMode mode) {}

    SessionMeter(MeterRegistry registry, Key key) {
        this.key = key;
        Tags tags = Tags.of("direction", label(key.direction), "backend", key.backend, "mode", key.mode.label());
        Gauge.builder("offramp.tls.sessions", this, SessionMeter::current)
                .description("Directions of client connections that are installed in a backend now")
                .tags(tags)
                .register(registry);
        installed = CounterFamily.single(
                registry, "offramp.tls.sessions.installed", "Directions that were installed in a backend", tags);
        records = CounterFamily.single(
                registry, "offramp.tls.records", "Records, counted when a direction is released", tags);
        bytes = CounterFamily.single(registry, "offramp.tls.bytes", "Plaintext bytes of those records", tags);
    }

    void onInstalled() {
        installed.increment();
    }

    void onReleased(long carriedRecords, long carriedBytes) {
        released.increment();
        records.add(carriedRecords);
        bytes.add(carriedBytes);
    }

    /** Installed now. */
    long current() {
        return installed.sum() - released.sum();
    }

    /** Installed ever. */
    long total() {
        return installed.sum();
    }

    Key key() {
        return key;
    }

    static String label(Direction direction) {
        return direction.name().toLowerCase(Locale.ROOT);
    }
}
