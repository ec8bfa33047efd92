package io.offramp.proxy.upstream.failure;

import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The failures of one upstream in the log: at most a line per reason and ten seconds, which has the number of those
 * since the last one. Thread-safe, without a lock.
 */
public final class FailureLog {
    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
    private static final FailureReason[] REASONS = FailureReason.values();

    private final String upstream;
    private final LogPace[] paces = new LogPace[REASONS.length];

    /** @param upstream its name */
    public FailureLog(String upstream) {
        this.upstream = upstream;
        Arrays.setAll(paces, reason -> new LogPace());
    }

    /**
     * A request has failed, or a connection in tcp mode.
     *
     * @param server its name; {@code no server} if there was none
     * @param why in the words of the access log
     */
    public void onFailure(FailureReason reason, String server, String why, long nowNs) {
        paces[reason.ordinal()].write(
                nowNs, more -> LOG.warn("upstream {}: {}: {} ({}{})", upstream, server, why, reason.word(), more));
    }
}
