package io.offramp.proxy.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Captures the log lines below one name while it is open; they do not reach the console. Thread-safe. */
public final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final Level before;

    /**
     * Begins to capture.
     *
     * @param name of a logger; loggers below it are captured as well
     * @param least level that is captured
     */
    public LogCapture(String name, Level least) {
        logger = (Logger) LoggerFactory.getLogger(name);
        before = logger.getLevel();
        setContext(logger.getLoggerContext());
        start();
        logger.setLevel(least);
        logger.setAdditive(false);
        logger.addAppender(this);
    }

    /** Begins to capture what a class logs. */
    public LogCapture(Class<?> ofLogger, Level least) {
        this(ofLogger.getName(), least);
    }

    /** The lines so far. */
    public List<ILoggingEvent> events() {
        return events;
    }

    /** The lines so far, as text without level and cause. */
    public List<String> messages() {
        return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Override
    protected void append(ILoggingEvent event) {
        events.add(event);
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(before);
        stop();
    }
}
