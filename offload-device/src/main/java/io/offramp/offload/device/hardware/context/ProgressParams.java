package io.offramp.offload.device.hardware.context;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The part of a context that moves with the stream.
 *
 * <pre>
 *      31  30 29  28 27    24 23                                        0
 *     +------+------+--------+-------------------------------------------+
 *  0  |                       next_record_tcp_sn                         |
 *     +------------------------------------------------------------------+
 *  4  |                        hw_resync_tcp_sn                          |
 *     +------+------+--------+-------------------------------------------+
 *  8  |track.| auth |        |          hw_offset_record_number          |
 *     +------+------+--------+-------------------------------------------+
 * </pre>
 */
public final class ProgressParams {
    /** Length in bytes. */
    public static final int BYTES = 12;

    private static final int HW_RESYNC_TCP_SN = 4;
    private static final int STATE = 8;
    private static final int TRACKER_SHIFT = 30;
    private static final int AUTH_SHIFT = 28;
    private static final int STATE_MASK = 3;
    private static final int RECORD_NUMBER_MASK = 0xff_ffff;

    private ProgressParams() {}

    /** Fills all 12 bytes. */
    public static void write(
            ByteBuf out,
            int at,
            int nextRecordTcpSequence,
            int resyncTcpSequence,
            TrackerState tracker,
            AuthState auth,
            int recordOffset) {
        out.setInt(at, nextRecordTcpSequence);
        out.setInt(at + HW_RESYNC_TCP_SN, resyncTcpSequence);
        out.setInt(
                at + STATE,
                tracker.ordinal() << TRACKER_SHIFT | auth.ordinal() << AUTH_SHIFT | recordOffset & RECORD_NUMBER_MASK);
    }

    /** TCP sequence of the next record. */
    public static int nextRecordTcpSequence(ByteBuf in, int at) {
        return in.getInt(at);
    }

    /** TCP sequence at which the device believes to have found a record. */
    public static int resyncTcpSequence(ByteBuf in, int at) {
        return in.getInt(at + HW_RESYNC_TCP_SN);
    }

    /** State of the tracker, or null where the bits name none. */
    public static @Nullable TrackerState tracker(ByteBuf in, int at) {
        return TrackerState.of(in.getInt(at + STATE) >>> TRACKER_SHIFT & STATE_MASK);
    }

    /** State of the authentication, or null where the bits name none. */
    public static @Nullable AuthState auth(ByteBuf in, int at) {
        return AuthState.of(in.getInt(at + STATE) >>> AUTH_SHIFT & STATE_MASK);
    }

    /** Records since {@code initial_record_number}, modulo 2^24. */
    public static int recordOffset(ByteBuf in, int at) {
        return in.getInt(at + STATE) & RECORD_NUMBER_MASK;
    }
}
