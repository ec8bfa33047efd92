package io.offramp.proxy.session;

import io.offramp.offload.RecordOffload;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordFormat;
import io.offramp.proxy.connection.DirectionStats;
import org.jspecify.annotations.Nullable;

/**
 * Where one direction is, and whether it should be elsewhere. Updates the connection's statistics and the metrics.
 * Confined to the event loop.
 */
final class Placement {
    /**
     * A move that is due.
     *
     * @param backend the target
     * @param why for the connection's statistics
     */
    record Move(RecordOffload backend, String why) {}

    private final OffloadPlan plan;
    private final SessionEvents events;
    private final Direction direction;
    private final DirectionStats stats;
    private SessionInfo installed;
    private boolean promotes;
    private boolean handsOver;
    private boolean waits;
    private @Nullable String degraded;
    private long startRecords;
    private CarriedMeter meter;

    /**
     * @param session what the handover has installed
     * @param why the reason of its place
     */
    Placement(SessionSettings settings, Direction direction, DirectionStats stats, SessionInfo session, String why) {
        this.plan = settings.plan();
        this.events = settings.events();
        this.direction = direction;
        this.stats = stats;
        this.promotes = plan.promotes(direction);
        this.handsOver = plan.handsOver(direction);
        this.installed = session;
        SessionInfo shown = plan.shown(direction, session);
        this.meter = events.onInstalled(direction, shown);
        stats.onInstalled(shown, why);
    }

    /** Counts what a burst has carried. */
    void add(long records, long bytes) {
        stats.add(records, bytes);
        meter.add(records, bytes);
    }

    /** Counts data records of one length for the histogram. */
    void addSized(int contentBytes, long records) {
        meter.addSized(contentBytes, records);
    }

    /** Counts a burst that was cut into records of this length and a remainder. */
    void addSealed(int bytes, int recordBytes) {
        int whole = bytes / recordBytes;
        int rest = bytes - whole * recordBytes;
        if (whole > 0) {
            meter.addSized(recordBytes, whole);
        }
        if (rest > 0) {
            meter.addSized(rest, 1);
            whole++;
        }
        add(whole, bytes);
    }

    /**
     * Counts what a backend has cut by itself: full records and a remainder, or records of which only the mean length
     * is known.
     */
    void addSpliced(long records, int bytes) {
        if (records == Math.ceilDiv(bytes, RecordFormat.MAX_PLAINTEXT_BYTES)) {
            addSealed(bytes, RecordFormat.MAX_PLAINTEXT_BYTES);
        } else {
            meter.addSized((int) (bytes / records), records);
            add(records, bytes);
        }
    }

    /**
     * Counts records that were sent in excess because a connection starts with short ones: {@code auto} must not expect
     * more of these.
     */
    void forgive(long records) {
        startRecords += records;
    }

    /** The direction has a new key. */
    void onRekeyed() {
        stats.onRekeyed();
    }

    /** New information about the same session in the same backend. */
    void onInfo(SessionInfo info) {
        installed = info;
        stats.onInstalled(plan.shown(direction, info), stats.why());
    }

    /** The backend no longer does the work. */
    void onDegraded(String reason) {
        degraded = reason;
    }

    /** The move that is due now, or null; without one, this costs three comparisons. */
    @Nullable
    Move due() {
        if (degraded != null) {
            return new Move(plan.software(), installed.backend() + " degraded: " + degraded);
        }
        if (handsOver) {
            return new Move(plan.device(), "configured");
        }
        if (promotes && plan.auto().promotes(stats.records() - startRecords, stats.bytes())) {
            if (plan.device().isBusy()) {
                onBusy();
                return null;
            }
            return new Move(plan.device(), plan.auto().promoted(stats.records(), stats.bytes()));
        }
        return null;
    }

    /** A session that is exported only to be declined has wasted its single promotion. */
    private void onBusy() {
        if (!waits) {
            waits = true;
            stats.onInstalled(stats.session(), plan.auto().busy(plan.device().name()));
        }
    }

    /** A move was made, whether the backend took the direction or declined it. A direction is promoted at most once. */
    void onMoved(SessionInfo to, String why) {
        SessionInfo from = installed;
        SessionInfo shown = plan.shown(direction, to);
        onReleased();
        installed = to;
        promotes = false;
        handsOver = false;
        degraded = null;
        stats.onMoved(shown, why);
        meter = events.onInstalled(direction, shown);
        events.onMoved(direction, from, to, why);
    }

    /** The direction left its backend. */
    void onReleased() {
        meter.onReleased();
    }
}
