package io.offramp.app;

import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.status.StatusListener;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to Logback's reports of log files that cannot be written: a full disk, a missing directory. Logback retries
 * by itself, at growing intervals. Each reported failure is counted, and logged once a minute at most. Thread-safe.
 */
final class LogFileFailures implements StatusListener {
    private static final Logger LOG = LoggerFactory.getLogger(LogFileFailures.class);
    private static final LongAdder FAILURES = new LongAdder();

    private final LineRate lines = new LineRate(System::nanoTime);

    /** Failures so far. */
    static long count() {
        return FAILURES.sum();
    }

    /** Reports what failed while {@code logback.xml} was read: a line for each cause, without Logback's own history. */
    static void ofStart(List<Status> sinceStart) {
        sinceStart.stream()
                .filter(status -> status.getEffectiveLevel() == Status.ERROR)
                .peek(_ -> FAILURES.increment())
                .map(LogFileFailures::text)
                .distinct()
                .forEach(text -> LOG.warn("logback.xml: {}", text));
    }

    private static String text(Status status) {
        Throwable cause = status.getThrowable();
        return cause == null ? status.getMessage() : status.getMessage() + ": " + cause.getMessage();
    }

    @Override
    public void addStatusEvent(Status status) {
        if (status.getEffectiveLevel() == Status.ERROR) {
            FAILURES.increment();
            if (lines.isDue()) {
                LOG.warn("a log cannot be written, and its lines are lost: {}", text(status));
            }
        }
    }
}
