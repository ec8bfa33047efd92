package io.offramp.proxy.config;

/**
 * What is logged.
 *
 * @param access whether finished exchanges are written to the access log
 * @param level of everything else: {@code error}, {@code warn}, {@code info}, {@code debug}
 */
public record LoggingConfig(boolean access, String level) {
    /** What holds where nothing is configured. */
    public static final LoggingConfig DEFAULTS = new LoggingConfig(true, "info");
}
