package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.offramp.offload.RecordMode;
import io.offramp.offload.record.Direction;
import io.offramp.proxy.session.CarriedMeter;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** Counts the sessions of one direction, backend and mode. Thread-safe. */
final class SessionMeter implements CarriedMeter {
    private final Key key;
    private final LongAdder installed;
    private final LongAdder released = new LongAdder();
    private final LongAdder records;
    private final LongAdder bytes;
    private final RecordSizes.Buckets sizes;

    record Key(Direction direction, String backend, RecordMode mode) {}

    SessionMeter(MeterScope scope, String prefix, String peer, RecordSizes.Buckets sizes, Key key) {
        this.key = key;
        this.sizes = sizes;
        Tags tags = Tags.of("direction", label(key.direction), "backend", key.backend, "mode", key.mode.label());
        scope.add(Gauge.builder(prefix + ".sessions", this, SessionMeter::current)
                .description("Directions of " + peer + " connections installed in a backend now")
                .tags(tags)::register);
        installed = CounterFamily.single(
                scope, prefix + ".sessions.installed", "Directions installed in a backend since the start", tags);
        records = CounterFamily.single(scope, prefix + ".records", "Records", tags);
        bytes = CounterFamily.single(scope, prefix + ".bytes", "Plaintext bytes of those records", tags);
    }

    void onInstalled() {
        installed.increment();
    }

    @Override
    public void add(long moreRecords, long moreBytes) {
        records.add(moreRecords);
        bytes.add(moreBytes);
    }

    @Override
    public void addSized(int contentBytes, long moreRecords) {
        sizes.add(contentBytes, moreRecords);
    }

    @Override
    public void onReleased() {
        released.increment();
    }

    /** Installed now. */
    long current() {
        return installed.sum() - released.sum();
    }

    /** Installed since the start. */
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
