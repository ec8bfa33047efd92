package io.offramp.proxy.config;

import io.offramp.proxy.access.AccessLogConfig;

/**
 * Logging.
 *
 * @param access the access log
 * @param level of the log: {@code error}, {@code warn}, {@code info}, {@code debug}
 */
public record LoggingConfig(AccessLogConfig access, String level) {
    /** The default. */
    public static final LoggingConfig DEFAULTS = new LoggingConfig(AccessLogConfig.DEFAULTS, "info");
}
