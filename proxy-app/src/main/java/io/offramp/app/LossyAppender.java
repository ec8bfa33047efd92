package io.offramp.app;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.LoggerFactory;

/**
 * Writes log lines on a thread of its own, to the appender that {@code logback.xml} puts behind it. Event loops log,
 * and the reader of the lines may have stopped. Waiting lines are bounded in bytes. Lines without room are dropped and
 * counted; one line reports them when there is room again. A message above {@value #MESSAGE_CHARS} characters is cut.
 * Thread-safe.
 */
public final class LossyAppender extends AsyncAppender {
    private static final int MESSAGE_CHARS = 4096;
    private static final int EVENT_BYTES = 256;
    private static final int FRAME_BYTES = 64;
    private static final long MOST_BYTES = 4 << 20;
    private static final int HEAP_SHARE = 32;
    private static final Queue<LossyAppender> STARTED = new ConcurrentLinkedQueue<>();
    private static final LongAdder ALL_DROPPED = new LongAdder();

    private final long roomBytes = Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();

    /** With room for 4 MiB of lines, or for a thirty-second of the heap if that is less. */
    public LossyAppender() {
        setQueueSize((int) (roomBytes / EVENT_BYTES)); // so it is never full: the bytes are the bound
        setDiscardingThreshold(0);
        setNeverBlock(true);
    }

    /** Stops all appenders after their queued lines; waits at most a second for each whose reader has stopped. */
    static void stopAll() {
        for (LossyAppender appender = STARTED.poll(); appender != null; appender = STARTED.poll()) {
            appender.stop();
        }
    }

    /** Lines dropped by all appenders. */
    static long allDropped() {
        return ALL_DROPPED.sum();
    }

    /** Bytes that wait in all appenders. */
    static long allWaitingBytes() {
        return STARTED.stream()
                .mapToLong(appender -> appender.waitingBytes.get())
                .sum();
    }

    @Override
    public void start() {
        super.start();
        if (isStarted()) {
            STARTED.add(this);
        }
    }

    @Override
    public void addAppender(Appender<ILoggingEvent> writer) {
        Written counted = new Written(writer);
        counted.start();
        super.addAppender(counted);
    }

    @Override
    protected void append(ILoggingEvent event) {
        ILoggingEvent kept = bounded(event);
        long bytes = bytes(kept);
        long waiting = waitingBytes.addAndGet(bytes);
        if (waiting > roomBytes) {
            waitingBytes.addAndGet(-bytes);
            dropped.incrementAndGet();
            ALL_DROPPED.increment();
            return;
        }
        super.append(kept);
        if (dropped.get() > 0 && waiting < roomBytes / 2) {
            tell(dropped.getAndSet(0));
        }
    }

    private void tell(long lines) {
        if (lines > 0) {
            LoggerFactory.getLogger(LossyAppender.class)
                    .warn("{} lines were dropped by {}: nobody took them in time", lines, getName());
        }
    }

    private static ILoggingEvent bounded(ILoggingEvent event) {
        String message = event.getFormattedMessage();
        if (message == null || message.length() <= MESSAGE_CHARS) {
            return event;
        }
        String cut = message.substring(0, MESSAGE_CHARS) + "...+" + (message.length() - MESSAGE_CHARS);
        Logger logger = (Logger) LoggerFactory.getLogger(event.getLoggerName());
        LoggingEvent shorter =
                new LoggingEvent(LossyAppender.class.getName(), logger, event.getLevel(), cut, null, null);
        shorter.setInstant(event.getInstant());
        if (event.getThrowableProxy() instanceof ThrowableProxy thrown) {
            shorter.setThrowableProxy(thrown);
        }
        return shorter;
    }

    /** Heap size of an event, roughly; always the same for one event. */
    private static long bytes(ILoggingEvent event) {
        String message = event.getFormattedMessage();
        long bytes = EVENT_BYTES + (message == null ? 0L : message.length());
        int causes = 0;
        for (IThrowableProxy t = event.getThrowableProxy(); t != null && causes < 8; t = t.getCause(), causes++) {
            bytes += EVENT_BYTES + (long) FRAME_BYTES * t.getStackTraceElementProxyArray().length;
        }
        return bytes;
    }

    /** Releases the room of each written event. */
    private final class Written extends UnsynchronizedAppenderBase<ILoggingEvent> {
        private final Appender<ILoggingEvent> writer;

        Written(Appender<ILoggingEvent> writer) {
            this.writer = writer;
            setName(writer.getName());
            setContext(writer.getContext());
        }

        @Override
        protected void append(ILoggingEvent event) {
            try {
                writer.doAppend(event);
            } finally {
                waitingBytes.addAndGet(-bytes(event));
            }
        }

        @Override
        public void stop() {
            super.stop();
            writer.stop();
        }
    }
}
