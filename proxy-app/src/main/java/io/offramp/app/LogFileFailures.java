package io.offramp.app;

import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.status.StatusListener;
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

    @Override
    public void addStatusEvent(Status status) {
        if (status.getEffectiveLevel() == Status.ERROR) {
            FAILURES.increment();
            if (lines.isDue()) {
                Throwable cause = status.getThrowable();
                LOG.warn(
                        "a log cannot be written, and its lines are lost: {}: {}",
                        status.getMessage(),
                        cause == null ? "" : cause.getMessage());
            }
        }
    }
}
