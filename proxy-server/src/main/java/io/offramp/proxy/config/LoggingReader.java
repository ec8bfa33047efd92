package io.offramp.proxy.config;

import io.offramp.proxy.access.AccessLogConfig;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads {@code logging}. */
final class LoggingReader {
    private enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    private final AccessLogReader access;

    LoggingReader(Surroundings surroundings) {
        this.access = new AccessLogReader(surroundings);
    }

    LoggingConfig read(@Nullable Value value) {
        LoggingConfig defaults = LoggingConfig.DEFAULTS;
        Section section = value == null ? null : value.section("access", "level");
        if (section == null) {
            return defaults;
        }
        Level level = section.get("level", Scalar.choice(Level.class), Level.INFO);
        Value log = section.get("access");
        AccessLogConfig config = log == null ? defaults.access() : access.read(log);
        return new LoggingConfig(config, level.name().toLowerCase(Locale.ROOT));
    }
}
