package io.offramp.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.offramp.proxy.access.Slf4jAccessLog;
import io.offramp.proxy.config.LoggingConfig;
import org.slf4j.LoggerFactory;

/** What the configuration says about logging, on top of {@code logback.xml}. */
final class Logging {
    private Logging() {}

    static void apply(LoggingConfig config) {
        logger(Logger.ROOT_LOGGER_NAME).setLevel(Level.toLevel(config.level()));
        logger(Slf4jAccessLog.LOGGER).setLevel(config.access() ? Level.INFO : Level.OFF);
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }
}
