package io.offramp.app;

import ch.qos.logback.core.status.Status;
import ch.qos.logback.core.status.StatusListener;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears from Logback of log files that cannot be written: a disk that is full, a directory that is gone. Logback tries
 * again by itself, ever more rarely. Each failure that it reports is counted, and told where the log goes, once a
 * minute at most. Thread-safe.
 */
final class LogFileFailures implements StatusListener {
    private static final Logger LOG = LoggerFactory.getLogger(LogFileFailures.class);
    private static final LongAdder FAILURES = new LongAdder();

    private final LineRate lines = new LineRate(System::nanoTime);

    /** All so far. */
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
