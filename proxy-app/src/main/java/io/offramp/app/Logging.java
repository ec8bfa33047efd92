package io.offramp.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.core.status.StatusManager;
import io.offramp.proxy.access.Slf4jAccessLog;
import io.offramp.proxy.config.LoggingConfig;
import io.offramp.proxy.metrics.LogLosses;
import org.slf4j.LoggerFactory;

/** What the configuration says about logging, on top of {@code logback.xml}. */
final class Logging {
    private static final LogFileFailures FAILURES = new LogFileFailures();

    private Logging() {}

    /** What is lost of the log, for the metrics. */
    static LogLosses losses() {
        return new LogLosses(
                LossyAppender::allDropped,
                LossyAppender::allWaitingBytes,
                () -> WatchedOutput.failures() + LogFileFailures.count());
    }

    /** Has failures to write the log counted and told, from the first call on. */
    static void apply(LoggingConfig config) {
        StatusManager statuses =
                logger(Logger.ROOT_LOGGER_NAME).getLoggerContext().getStatusManager();
        statuses.remove(FAILURES); // of an earlier call
        statuses.add(FAILURES);
        logger(Logger.ROOT_LOGGER_NAME).setLevel(Level.toLevel(config.level()));
        logger(Slf4jAccessLog.LOGGER).setLevel(config.access() ? Level.INFO : Level.OFF);
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }
}
