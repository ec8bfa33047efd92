package io.offramp.proxy.flow;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.failure.FailureLog;
import java.util.Set;
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
