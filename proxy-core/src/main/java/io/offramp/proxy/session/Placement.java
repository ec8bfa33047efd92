package io.offramp.proxy.session;

import io.offramp.offload.RecordOffload;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.record.Direction;
import io.offramp.proxy.connection.DirectionStats;
import io.offramp.proxy.metrics.MoveReason;
import io.offramp.proxy.metrics.SessionMeter;
import io.offramp.proxy.metrics.TlsMetrics;
import org.jspecify.annotations.Nullable;

/**
 * Where one direction is, and whether it should be elsewhere. Tells the connection's statistics and the metrics. Confined to the event
 * loop.
 */
final class Placement {
    /**
     * A move that is due.
     *
     * @param backend where to
     * @param reason  to count by
     * @param why     for the connection's statistics
     */
    record Move(RecordOffload backend, MoveReason reason, String why) {}

    private final OffloadPlan plan;
    private final TlsMetrics metrics;
    private final Direction direction;
    private final DirectionStats stats;
    private SessionMeter meter;
    private boolean promotes;
    private @Nullable String degraded;

    /** @param session what the handover has installed */
    Placement(SessionSettings settings, Direction direction, DirectionStats stats, SessionInfo session, String why) {
        this.plan = settings.plan();
        this.metrics = settings.metrics().tls();
        this.direction = direction;
        this.stats = stats;
        this.promotes = plan.promotes(direction);
        this.meter = metrics.sessions(direction, session);
        meter.onInstalled();
        stats.onInstalled(session, why);
    }

    /** Counts what a burst has carried. */
    void add(long records, long bytes) {
        stats.add(records, bytes);
        meter.add(records, bytes);
    }

    /** The backend no longer does the work. */
    void onDegraded(String reason) {
        degraded = reason;
    }

    /** The move that is due now, or null; costs two comparisons where none is. */
    @Nullable Move due() {
        if (degraded != null) {
            String why = stats.session().backend() + " degraded: " + degraded;
            return new Move(plan.software(), MoveReason.DEGRADED, why);
        }
        if (promotes && plan.auto().promotes(stats.records(), stats.bytes())) {
            return new Move(plan.device(), MoveReason.PAYS, plan.auto().promoted(stats.records(), stats.bytes()));
        }
        return null;
    }

    /** A move was made, whether the backend took the direction or declined it. A direction is promoted at most once. */
    void onMoved(Move move, SessionInfo to, String why) {
        metrics.onMoved(direction, stats.session().backend(), to.backend(), move.reason());
        onReleased();
        promotes = false;
        degraded = null;
        meter = metrics.sessions(direction, to);
        meter.onInstalled();
        stats.onMoved(to, why);
    }

    /** The direction was rekeyed. */
    void onRekeyed() {
        stats.onRekeyed();
    }

    /** The direction left its backend for good. */
    void onReleased() {
        meter.onReleased();
    }
}
