package io.offramp.proxy.config;

/**
 * Logging.
 *
 * @param access true to write finished exchanges to the access log
 * @param level of the log: {@code error}, {@code warn}, {@code info}, {@code debug}
 */
public record LoggingConfig(boolean access, String level) {
    /** The default. */
    public static final LoggingConfig DEFAULTS = new LoggingConfig(true, "info");
}
