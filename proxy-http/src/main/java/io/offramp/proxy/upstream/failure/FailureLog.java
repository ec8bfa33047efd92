package io.offramp.proxy.upstream.failure;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The failures of one upstream in the log: at most a line per reason and ten seconds, which has the number of those
 * since the last one. Thread-safe, without a lock.
 */
public final class FailureLog {
    /** Between two lines of one reason. */
    static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
    private static final FailureReason[] REASONS = FailureReason.values();

    private final String upstream;
    private final Line[] lines = new Line[REASONS.length];

    /** Of one reason. */
    private static final class Line {
        final AtomicLong nextNs = new AtomicLong(Long.MIN_VALUE);
        final LongAdder left = new LongAdder();
    }

    /** @param upstream its name */
    public FailureLog(String upstream) {
        this.upstream = upstream;
        for (int i = 0; i < lines.length; i++) {
            lines[i] = new Line();
        }
    }

    /**
     * A request has failed, or a connection in tcp mode.
     *
     * @param server its name; {@code no server} if there was none
     * @param why in the words of the access log
     */
    public void onFailure(FailureReason reason, String server, String why, long nowNs) {
        Line line = lines[reason.ordinal()];
        long next = line.nextNs.get();
        boolean due = next == Long.MIN_VALUE || nowNs - next >= 0;
        if (!due || !line.nextNs.compareAndSet(next, nowNs + PAUSE_NS)) {
            line.left.increment();
            return;
        }
        long more = line.left.sumThenReset();
        LOG.warn(
                "upstream {}: {}: {} ({}{})",
                upstream,
                server,
                why,
                reason.word(),
                more == 0 ? "" : ", " + more + " more since the last such line");
    }
}
