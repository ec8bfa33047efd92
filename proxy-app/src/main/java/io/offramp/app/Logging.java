package io.offramp.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.core.status.StatusManager;
import io.offramp.proxy.access.AccessLog;
import io.offramp.proxy.config.LoggingConfig;
import io.offramp.proxy.metrics.LogLosses;
import org.slf4j.LoggerFactory;

/** Applies the logging settings of the configuration on top of {@code logback.xml}. */
final class Logging {
    private static final LogFileFailures FAILURES = new LogFileFailures();

    private Logging() {}

    /** Lost lines of the log and the access log together, for the metrics. */
    static LogLosses losses(AccessLog access) {
        return new LogLosses(
                () -> LossyAppender.allDropped() + access.lost(),
                () -> LossyAppender.allWaitingBytes() + access.waitingBytes(),
                () -> WatchedOutput.failures() + LogFileFailures.count() + access.failures());
    }

    /** From the first call on, counts and reports failures to write the log. */
    static void apply(LoggingConfig config) {
        watchFailures(logger(Logger.ROOT_LOGGER_NAME).getLoggerContext().getStatusManager());
        Level level = Level.toLevel(config.level());
        logger(Logger.ROOT_LOGGER_NAME).setLevel(level);
        // Its INFO is a line for each frame behind a reset or a GOAWAY.
        logger("io.netty.handler.codec.http2").setLevel(level == Level.INFO ? Level.WARN : null);
    }

    private static void watchFailures(StatusManager statuses) {
        if (!statuses.getCopyOfStatusListenerList().contains(FAILURES)) {
            statuses.add(FAILURES);
            LogFileFailures.ofStart(statuses.getCopyOfStatusList());
        }
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }
}
