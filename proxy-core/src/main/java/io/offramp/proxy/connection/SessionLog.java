package io.offramp.proxy.connection;

import io.offramp.proxy.tls.Negotiated;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The last closed sessions, in a ring of about 120 bytes each, 12 MB for the default number; empty slots take almost
 * nothing. Event loops write one entry when a connection closes, without waiting for each other; any thread reads.
 */
public final class SessionLog {
    /** Default number of sessions kept. */
    public static final int DEFAULT_SESSIONS = 100_000;

    private final AtomicReferenceArray<@Nullable SessionStats> ring;
    private final AtomicLong written = new AtomicLong();
    private final SharedTexts reasons = new SharedTexts();

    /** @param sessions number kept, at least 1 */
    public SessionLog(int sessions) {
        ring = new AtomicReferenceArray<>(sessions);
    }

    /** Keeps the statistics of a connection that closes; ignores one without a TLS session. */
    void add(Connection closed) {
        SessionStats stats = statsOf(closed, false);
        if (stats != null) {
            ring.setRelease((int) (written.getAndIncrement() % ring.length()), stats);
        }
    }

    /** Current statistics of a connection; null while it has no TLS session. */
    public @Nullable SessionStats live(Connection open) {
        return statsOf(open, true);
    }

    /** Sessions closed since the start. */
    public long total() {
        return written.get();
    }

    /**
     * The kept sessions, oldest first. A session that closes meanwhile may be among them, and may replace the oldest;
     * never blocks.
     */
    public Iterator<SessionStats> iterator() {
        return new Oldest(written.get());
    }

    private @Nullable SessionStats statsOf(Connection connection, boolean isOpen) {
        Negotiated tls = connection.tls();
        if (tls == null) {
            return null;
        }
        return new SessionStats(
                connection.since().toEpochMilli(),
                TimeUnit.NANOSECONDS.toMillis(connection.ageNs()),
                isOpen,
                connection.listener(),
                tls.version(),
                tls.suite(),
                carried(connection.tx()),
                carried(connection.rx()),
                connection.tx().moves() + connection.rx().moves());
    }

    private SessionStats.Carried carried(DirectionStats stats) {
        return new SessionStats.Carried(stats.records(), stats.bytes(), stats.conf(), reasons.of(stats.why()));
    }

    private final class Oldest implements Iterator<SessionStats> {
        private final long end;
        private long next;
        private @Nullable SessionStats found;

        Oldest(long end) {
            this.end = end;
            next = Math.max(0, end - ring.length());
            advance();
        }

        // In the first round, a claimed slot that is not written yet is empty.
        private void advance() {
            found = null;
            while (found == null && next < end) {
                found = ring.getAcquire((int) (next++ % ring.length()));
            }
        }

        @Override
        public boolean hasNext() {
            return found != null;
        }

        @Override
        public SessionStats next() {
            SessionStats stats = found;
            if (stats == null) {
                throw new NoSuchElementException();
            }
            advance();
            return stats;
        }
    }
}
