package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.offramp.offload.RecordMode;
import io.offramp.offload.record.Direction;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts all the sessions that protect the same direction in the same backend and mode. A session keeps the meter from its install until
 * its close, so that counting a burst is two additions. Thread-safe.
 */
public final class SessionMeter {
    private final Key key;
    private final LongAdder installed = new LongAdder();
    private final LongAdder released = new LongAdder();
    private final LongAdder records = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    record Key(Direction direction, String backend, RecordMode mode) {}

    SessionMeter(MeterRegistry registry, Key key) {
        this.key = key;
        Tags tags = Tags.of("direction", label(key.direction), "backend", key.backend, "mode", key.mode.label());
        Gauge.builder("offramp.tls.sessions", this, SessionMeter::current)
                .description("Directions of client connections that are installed in a backend now")
                .tags(tags)
                .register(registry);
        counter(registry, tags, "offramp.tls.sessions.installed", "Directions that were installed in a backend", installed);
        counter(registry, tags, "offramp.tls.records", "Records opened (rx) or sealed (tx)", records);
        counter(registry, tags, "offramp.tls.bytes", "Plaintext bytes of those records", bytes);
    }

    /** A direction was installed, or moved here. Once per session. */
    public void onInstalled() {
        installed.increment();
    }

    /** An installed direction was closed, or moved away. Once per session. */
    public void onReleased() {
        released.increment();
    }

    /** Adds what a burst has carried. */
    public void add(long moreRecords, long moreBytes) {
        records.add(moreRecords);
        bytes.add(moreBytes);
    }

    /** Installed now. */
    public long current() {
        return installed.sum() - released.sum();
    }

    /** Installed ever. */
    public long total() {
        return installed.sum();
    }

    Key key() {
        return key;
    }

    static String label(Direction direction) {
        return direction.name().toLowerCase(Locale.ROOT);
    }

    private static void counter(MeterRegistry registry, Tags tags, String name, String description, LongAdder counter) {
        FunctionCounter.builder(name, counter, LongAdder::sum)
                .description(description)
                .tags(tags)
                .register(registry);
    }
}
