package io.offramp.proxy.access;

import io.netty.util.concurrent.FastThreadLocal;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.exchange.ExchangeListener;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The access log of a process. It outlives a generation of the configuration: after {@link #become}, connections that
 * began before write as the new configuration says. A destination that stays the same is carried over, with the lines
 * that wait; another one is opened before the old one is flushed and closed. Event loops call {@link #wants} and
 * {@link #onFinished}; all other methods block.
 */
public final class AccessLog implements ExchangeListener, AutoCloseable {
    /** Time for the last lines of a destination. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    /** An event loop that saw the old destination has appended its line by then. */
    private static final Duration GRACE = Duration.ofMillis(50);

    private final LogCounters counters = new LogCounters();
    private final InstantSource clock;
    private final FastThreadLocal<@Nullable LoopLines> ofThread = new FastThreadLocal<>();
    private volatile @Nullable Use use;

    /** How lines are written now. */
    private record Use(AccessLogConfig config, LineFilter filter, LineLayout layout, LogWriter writer) {}

    /** Writes nothing yet. */
    public AccessLog() {
        this(InstantSource.system());
    }

    AccessLog(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Takes over a configuration.
     *
     * @throws IOException if the destination cannot be opened; then the configuration in use stays
     */
    public synchronized void become(AccessLogConfig config) throws IOException {
        Use before = use;
        Use next = null;
        if (!config.isOff()) {
            LineLayout layout = new LineLayout(LogOutputs.format(config));
            next = new Use(config, config.filter(), layout, writer(before, config));
        }
        use = next;
        if (before != null && (next == null || next.writer != before.writer)) {
            before.writer.close(GRACE, CLOSE_LIMIT);
        }
    }

    private LogWriter writer(@Nullable Use before, AccessLogConfig config) throws IOException {
        if (before != null
                && before.config.target().equals(config.target())
                && before.config.buffer().equals(config.buffer())) {
            return before.writer;
        }
        LogWriter writer = new LogWriter(
                config.target(), LogOutputs.open(config.target(), clock, counters), config.buffer(), counters, clock);
        writer.start();
        return writer;
    }

    @Override
    public boolean wants(int status, long durationNs, @Nullable String abort) {
        Use now = use;
        return now != null
                && (now.filter.takes(status, durationNs, abort)
                        || lines(now.writer).isChosen(now.filter.share()));
    }

    @Override
    public void onFinished(AccessEntry exchange) {
        Use now = use;
        if (now != null) {
            lines(now.writer).append(exchange, now.layout);
        }
    }

    /** Opens a file anew, which something else has renamed. Returns at once. */
    public void reopen() {
        Use now = use;
        if (now != null) {
            now.writer.reopen();
        }
    }

    /** Lines that were not written, because there was no room, or no time at the end. */
    public long lost() {
        return counters.lost();
    }

    /** Writes that failed; their lines wait. */
    public long failures() {
        return counters.failures();
    }

    /** Bytes of lines that wait to be written. */
    public long waitingBytes() {
        Use now = use;
        return now == null ? 0 : now.writer.waiting();
    }

    /** Writes the lines that wait, for two seconds at most. No event loop may be in {@link #onFinished}. */
    @Override
    public synchronized void close() {
        Use last = use;
        use = null;
        if (last != null) {
            last.writer.close(Duration.ZERO, CLOSE_LIMIT);
        }
    }

    private LoopLines lines(LogWriter writer) {
        LoopLines lines = ofThread.get();
        if (lines == null || lines.writer() != writer) {
            lines = writer.newLines();
            ofThread.set(lines);
        }
        return lines;
    }
}
