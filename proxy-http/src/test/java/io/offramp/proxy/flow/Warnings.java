package io.offramp.proxy.flow;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.failure.FailureLog;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Warnings and errors of the log that are faults of the proxy: servers that fail are what a test is about. */
final class Warnings extends ListAppender<ILoggingEvent> {
    private static final Set<String> OF_SERVERS = Set.of(UpstreamServer.class.getName(), FailureLog.class.getName());

    private Warnings() {}

    /** Listens from now on. */
    static Warnings listen() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        Warnings warnings = new Warnings();
        warnings.start();
        root.addAppender(warnings);
        return warnings;
    }

    /**
     * Sets which lines of servers that fail are written at all: a model makes hundreds of thousands.
     *
     * @param level null for the usual one
     */
    static void setServers(@Nullable Level level) {
        OF_SERVERS.forEach(name -> ((Logger) LoggerFactory.getLogger(name)).setLevel(level));
    }

    static boolean isFault(ILoggingEvent line) {
        return line.getLevel().isGreaterOrEqual(Level.WARN) && !OF_SERVERS.contains(line.getLoggerName());
    }

    @Override
    protected void append(ILoggingEvent line) {
        if (isFault(line)) {
            super.append(line);
        }
    }
}
