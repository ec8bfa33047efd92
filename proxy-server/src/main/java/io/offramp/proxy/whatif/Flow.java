package io.offramp.proxy.whatif;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.connection.SessionStats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One direction of one session, its records spread evenly over its lifetime.
 *
 * @param startNs ns since the first session of the capture began
 * @param endNs its end, after the start
 * @param records records
 * @param bytes their content
 */
public record Flow(
        Direction direction,
        ProtocolVersion version,
        AeadSuite suite,
        long startNs,
        long endNs,
        long records,
        long bytes) {
    private static final double SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    /**
     * Two flows of each session, in the order of their start. A session too short to be timed counts as a millisecond.
     */
    public static List<Flow> of(List<SessionStats> sessions) {
        List<SessionStats> ordered = new ArrayList<>(sessions);
        ordered.sort((a, b) -> Long.compare(a.startMs(), b.startMs()));
        List<Flow> flows = new ArrayList<>(2 * ordered.size());
        for (SessionStats s : ordered) {
            long startMs = s.startMs() - ordered.getFirst().startMs();
            long startNs = TimeUnit.MILLISECONDS.toNanos(startMs);
            long endNs = TimeUnit.MILLISECONDS.toNanos(startMs + Math.max(1, s.lifetimeMs()));
            flows.add(flow(Direction.TX, s, startNs, endNs, s.tx()));
            flows.add(flow(Direction.RX, s, startNs, endNs, s.rx()));
        }
        return flows;
    }

    private static Flow flow(
            Direction direction, SessionStats s, long startNs, long endNs, SessionStats.Carried carried) {
        return new Flow(direction, s.version(), s.suite(), startNs, endNs, carried.records(), carried.bytes());
    }

    /** From start to end. */
    public long lifetimeNs() {
        return endNs - startNs;
    }

    /** Content per record; 0 without records. */
    public double meanRecordBytes() {
        return records == 0 ? 0 : (double) bytes / records;
    }

    /** Time when it has carried this much; after its end if it never does. */
    long whenCarriedNs(long carriedBytes) {
        return carriedBytes > bytes
                ? Long.MAX_VALUE
                : startNs + Math.round((double) carriedBytes / Math.max(1, bytes) * lifetimeNs());
    }

    /** Share of it that is still to come, 0 to 1. */
    double shareAfter(long atNs) {
        return Math.clamp((double) (endNs - atNs) / lifetimeNs(), 0, 1);
    }

    double recordsPerSecond() {
        return records * SECOND_NS / lifetimeNs();
    }

    /** On the wire, framing included. */
    double bitsPerSecond() {
        long overhead = records * suite.format(version).overheadBytes();
        return (bytes + overhead) * Byte.SIZE * SECOND_NS / lifetimeNs();
    }
}
