package io.offramp.offload.device.hardware.context;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.record.ProtocolVersion;

/**
 * The part of a context that changes with the key only.
 *
 * <pre>
 *      31 30 29   26 25 24 23                                    4 3    0
 *     +-----+-------+-----+---------------------------------------+------+
 *  0  |const| tls   |const|                                       |encr. |   const_2 = 2, const_1 = 1, version 2 or 3,
 *     | _2  |version| _1  |                                       | std. |   encryption_standard = 1 (TLS)
 *     +-----+-------+-----+---------------------------------------+------+
 *  4  |                                                                  |
 *     +------------------------------------------------------------------+
 *  8  |                  initial_record_number (64 bit)                  |
 * 12  |                                                                  |
 *     +------------------------------------------------------------------+
 * 16  |                          resync_tcp_sn                           |
 *     +------------------------------------------------------------------+
 * 20  |                              gcm_iv                              |   first 4 bytes of the nonce
 *     +------------------------------------------------------------------+
 * 24  |                      implicit_iv (64 bit)                        |   1.3: last 8, to XOR with the record number
 * 28  |                                                                  |   1.2: 0
 *     +----------------+-------------------------------------------------+
 * 32  |                |                    dek_index                    |
 *     +----------------+-------------------------------------------------+
 * 36  |                         reserved, 28 bytes                       |
 *     +------------------------------------------------------------------+
 * </pre>
 */
public final class StaticParams {
    /** Length in bytes. */
    public static final int BYTES = 64;

    /** Largest index that fits. */
    public static final int MAX_DEK_INDEX = 0xff_ffff;

    private static final int CONST_2 = 2 << 30;
    private static final int CONST_1 = 1 << 24;
    private static final int ENCRYPTION_STANDARD_TLS = 1;
    private static final int FIXED_BITS = 0xc300_000f;
    private static final int VERSION_SHIFT = 26;
    private static final int VERSION_MASK = 0xf;
    private static final int VERSION_TLS_1_2 = 2;
    private static final int VERSION_TLS_1_3 = 3;

    private static final int INITIAL_RECORD_NUMBER = 8;
    private static final int RESYNC_TCP_SN = 16;
    private static final int GCM_IV = 20;
    private static final int IMPLICIT_IV = 24;
    private static final int DEK_INDEX = 32;

    private StaticParams() {}

    /** Fills all 64 bytes. */
    public static void write(
            ByteBuf out,
            int at,
            ProtocolVersion version,
            long recordNumber,
            int resyncTcpSequence,
            int gcmIv,
            long implicitIv,
            int dekIndex) {
        out.setZero(at, BYTES);
        int tlsVersion = version == ProtocolVersion.TLS_1_3 ? VERSION_TLS_1_3 : VERSION_TLS_1_2;
        out.setInt(at, CONST_2 | tlsVersion << VERSION_SHIFT | CONST_1 | ENCRYPTION_STANDARD_TLS);
        out.setLong(at + INITIAL_RECORD_NUMBER, recordNumber);
        out.setInt(at + RESYNC_TCP_SN, resyncTcpSequence);
        out.setInt(at + GCM_IV, gcmIv);
        out.setLong(at + IMPLICIT_IV, implicitIv);
        out.setInt(at + DEK_INDEX, dekIndex & MAX_DEK_INDEX);
    }

    /** True where the constant fields have their values and the version is known. */
    public static boolean isValid(ByteBuf in, int at) {
        int word = in.getInt(at);
        int version = word >>> VERSION_SHIFT & VERSION_MASK;
        return (word & FIXED_BITS) == (CONST_2 | CONST_1 | ENCRYPTION_STANDARD_TLS)
                && (version == VERSION_TLS_1_2 || version == VERSION_TLS_1_3);
    }

    /** Version of valid params. */
    public static ProtocolVersion version(ByteBuf in, int at) {
        int version = in.getInt(at) >>> VERSION_SHIFT & VERSION_MASK;
        return version == VERSION_TLS_1_3 ? ProtocolVersion.TLS_1_3 : ProtocolVersion.TLS_1_2;
    }

    /** Number of the record at the next position. */
    public static long initialRecordNumber(ByteBuf in, int at) {
        return in.getLong(at + INITIAL_RECORD_NUMBER);
    }

    /** TCP sequence that {@code initial_record_number} belongs to, when it answers a resync; else 0. */
    public static int resyncTcpSequence(ByteBuf in, int at) {
        return in.getInt(at + RESYNC_TCP_SN);
    }

    /** First 4 bytes of the nonce. */
    public static int gcmIv(ByteBuf in, int at) {
        return in.getInt(at + GCM_IV);
    }

    /** Last 8 bytes of the static IV in TLS 1.3. */
    public static long implicitIv(ByteBuf in, int at) {
        return in.getLong(at + IMPLICIT_IV);
    }

    /** Which key. */
    public static int dekIndex(ByteBuf in, int at) {
        return in.getInt(at + DEK_INDEX) & MAX_DEK_INDEX;
    }
}
