package io.offramp.app;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.LoggerFactory;

/**
 * Has a thread of its own write what is logged, for the appender that {@code logback.xml} puts behind it: event loops log, and whoever is to
 * read the lines may have stopped. What that thread does not keep up with is dropped, and told in a line when there is room again;
 * a few lines may be missing from that count when several threads log at the brink. Thread-safe.
 */
public final class LossyAppender extends AsyncAppender {
    private static final int LINES = 8192;
    private static final Queue<LossyAppender> STARTED = new ConcurrentLinkedQueue<>();

    private final AtomicLong dropped = new AtomicLong();

    /** With room for 8192 lines. */
    public LossyAppender() {
        setQueueSize(LINES);
        setDiscardingThreshold(0);
        setNeverBlock(true);
    }

    /** Ends all there are, behind what was logged; waits for a second at most for each whose lines nobody takes. */
    static void stopAll() {
        for (LossyAppender appender = STARTED.poll(); appender != null; appender = STARTED.poll()) {
            appender.stop();
        }
    }

    @Override
    public void start() {
        super.start();
        if (isStarted()) {
            STARTED.add(this);
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        int room = getRemainingCapacity();
        if (room == 0) {
            dropped.incrementAndGet();
            return;
        }
        super.append(event);
        if (dropped.get() > 0 && room > getQueueSize() / 2) {
            tell(dropped.getAndSet(0));
        }
    }

    private void tell(long lines) {
        if (lines > 0) {
            LoggerFactory.getLogger(LossyAppender.class).warn("{} lines were dropped by {}: nobody took them in time", lines, getName());
        }
    }
}
