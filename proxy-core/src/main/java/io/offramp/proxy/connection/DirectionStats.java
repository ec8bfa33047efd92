package io.offramp.proxy.connection;

import io.offramp.offload.RecordMode;
import io.offramp.offload.SessionInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Statistics of one direction of a connection. Written by its event loop only, read by any thread: values are current
 * to within one read burst, and a write costs no fence.
 */
public final class DirectionStats {
    private static final SessionInfo NONE = new SessionInfo("none", RecordMode.SW, "handshake");
    private static final VarHandle RECORDS;
    private static final VarHandle BYTES;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            RECORDS = lookup.findVarHandle(DirectionStats.class, "records", long.class);
            BYTES = lookup.findVarHandle(DirectionStats.class, "bytes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile SessionInfo session = NONE;
    private volatile String why = "handshake";
    private volatile int moves;
    private volatile int epoch;
    private long records;
    private long bytes;

    DirectionStats() {}

    /** Adds the records of a burst. Event loop only. */
    public void add(long moreRecords, long moreBytes) {
        RECORDS.setOpaque(this, records + moreRecords);
        BYTES.setOpaque(this, bytes + moreBytes);
    }

    /** A backend took this direction, or took it over from another. Event loop only. */
    public void onInstalled(SessionInfo info, String reason) {
        session = info;
        why = reason;
    }

    /** A living session was moved to another backend. Event loop only. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void onMoved(SessionInfo info, String reason) {
        onInstalled(info, reason);
        moves = moves + 1;
    }

    /** The direction was rekeyed. Event loop only. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void onRekeyed() {
        epoch = epoch + 1;
    }

    /** Backend, mode and detail. */
    public SessionInfo session() {
        return session;
    }

    /** {@code sw}, {@code hw} or {@code hw-record}, as {@code ss -ti} prints it; {@code none} before the handover. */
    public String conf() {
        SessionInfo info = session;
        return info == NONE ? "none" : info.mode().label();
    }

    /** The reason for its mode: {@code configured}, {@code declined: suite}, {@code auto: 4.1 MiB in 260 records}. */
    public String why() {
        return why;
    }

    /** Changes of a living session's backend. */
    public int moves() {
        return moves;
    }

    /** Number of rekeys. */
    public int rekeys() {
        return epoch;
    }

    /** Records so far. */
    public long records() {
        return (long) RECORDS.getOpaque(this);
    }

    /** Plaintext bytes so far. */
    public long bytes() {
        return (long) BYTES.getOpaque(this);
    }
}
