package io.offramp.proxy.config;

import io.offramp.proxy.session.RecordSizeConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads {@code tls.record-size}: a mapping, or one size for all records. */
final class RecordSizeReader {
    private static final int MIN_BYTES = 512;
    private static final int MAX_BYTES = 16 << 10;
    private static final Scalar<Long> SIZE = Scalar.size(MIN_BYTES, MAX_BYTES);
    private static final Scalar<Long> GROW_AFTER = Scalar.size(1, 1 << 30);
    private static final Scalar<Duration> IDLE = Scalar.duration(Duration.ofMillis(1));

    private RecordSizeReader() {}

    /** The settings; the defaults if none are written, or after a problem. */
    static RecordSizeConfig read(@Nullable Value value) {
        if (value == null) {
            return RecordSizeConfig.DEFAULTS;
        }
        if (value.isScalar()) {
            Long all = value.as(SIZE);
            return all == null ? RecordSizeConfig.DEFAULTS : RecordSizeConfig.of(all.intValue());
        }
        Section section = value.section("initial", "grow-after", "idle", "max");
        return section == null ? RecordSizeConfig.DEFAULTS : read(section);
    }

    private static RecordSizeConfig read(Section section) {
        RecordSizeConfig defaults = RecordSizeConfig.DEFAULTS;
        int max = section.get("max", SIZE, (long) defaults.maxBytes()).intValue();
        int initial = section.get("initial", SIZE, (long) Math.min(defaults.initialBytes(), max))
                .intValue();
        Value written = section.get("initial");
        if (initial > max && written != null) {
            written.error("must not be above max, which is " + max);
        }
        return new RecordSizeConfig(
                Math.min(initial, max),
                section.get("grow-after", GROW_AFTER, defaults.growAfterBytes()),
                section.get("idle", IDLE, defaults.idle()),
                max);
    }
}
