package io.offramp.offload.device.hardware.queue;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.VarHandle;

/**
 * A completion. 64 bytes; the fields that the model uses:
 *
 * <pre>
 *       31          24 23           16 15            8 7            0
 *      +--------------+---------------+---------------+--------------+
 *   0  |tls_outer_l3  |               |                              |   bits 4..3 of the first byte: tls_offload
 *      |_tunneled     |               |                              |
 *      +--------------+---------------+------------------------------+
 *  28  |  hds_ip_ext  |               |                              |   bit 2 of the first byte: l4_ok
 *      +--------------+---------------+------------------------------+
 *  32  | lro_num_seg  |                                              |
 *      +--------------+---------------+---------------+--------------+
 *  44  |                          byte_cnt                           |
 *      +--------------+---------------+---------------+--------------+
 *  52  |              |               | vendor_err_   |   syndrome   |   of an error
 *      |              |               | synd          |              |
 *      +--------------+---------------+---------------+--------------+
 *  60  |         wqe_counter          |   signature   |    op_own    |   bits 7..4 opcode, bit 0 owner
 *      +------------------------------+---------------+--------------+
 * </pre>
 */
public final class Cqe {
    /** Length in bytes. */
    public static final int BYTES = 64;

    /** Opcode: a WQE of a send queue is done. */
    public static final int REQUEST = 0x0;

    /** Opcode: a packet has come in. */
    public static final int RESPONSE_SEND = 0x2;

    /** Opcode: a WQE of a send queue has failed. */
    public static final int REQUEST_ERROR = 0xd;

    /** Opcode: a packet could not be taken. */
    public static final int RESPONSE_ERROR = 0xe;

    /** {@code op_own} of an entry that was never written. */
    static final int INVALID = 0xf0;

    private static final int HEADER_FLAGS = 28;
    private static final int L4_OK = 1 << 2;
    private static final int LRO_SEGMENTS = 32;
    private static final int BYTE_COUNT = 44;
    private static final int VENDOR_SYNDROME = 54;
    private static final int SYNDROME = 55;
    private static final int WQE_COUNTER = 60;
    private static final int OP_OWN = 63;
    private static final int TLS_SHIFT = 3;
    private static final int TLS_MASK = 3;

    private Cqe() {}

    static void write(
            ByteBuf out,
            int at,
            int opcode,
            int owner,
            int wqeCounter,
            int byteCount,
            boolean isIntact,
            int segments,
            int tls,
            int syndrome,
            int vendor) {
        out.setByte(at, tls << TLS_SHIFT);
        out.setByte(at + HEADER_FLAGS, isIntact ? L4_OK : 0);
        out.setByte(at + LRO_SEGMENTS, segments);
        out.setInt(at + BYTE_COUNT, byteCount);
        out.setShort(at + VENDOR_SYNDROME, vendor << 8 | syndrome);
        VarHandle.releaseFence();
        out.setInt(at + WQE_COUNTER, wqeCounter << 16 | opcode << 4 | owner);
    }

    static void invalidate(ByteBuf out, int at, int owner) {
        out.setByte(at + OP_OWN, INVALID | owner);
    }

    /** True for an entry written in a round of that parity. */
    static boolean isOwnedBy(ByteBuf in, int at, int parity) {
        int opOwn = in.getUnsignedByte(at + OP_OWN);
        return (opOwn & 1) == parity && (opOwn & INVALID) != INVALID;
    }

    /** Opcode of the completion. */
    public static int opcode(ByteBuf in, int at) {
        return in.getUnsignedByte(at + OP_OWN) >>> 4;
    }

    /** Which WQE: its index in blocks (send) or entries (receive), modulo 2^16. */
    public static int wqeCounter(ByteBuf in, int at) {
        return in.getUnsignedShort(at + WQE_COUNTER);
    }

    /** Payload bytes that left or came. */
    public static int byteCount(ByteBuf in, int at) {
        return in.getInt(at + BYTE_COUNT);
    }

    /** How many packets it is for, in as many entries from {@link #wqeCounter} on: 1 where none were merged. */
    public static int segments(ByteBuf in, int at) {
        return Math.max(1, in.getUnsignedByte(at + LRO_SEGMENTS));
    }

    /** True where a received packet's TCP checksum holds. */
    public static boolean isIntact(ByteBuf in, int at) {
        return (in.getByte(at + HEADER_FLAGS) & L4_OK) != 0;
    }

    /** Result of the device for the records of a packet. */
    public static TlsOffload tlsOffload(ByteBuf in, int at) {
        return TlsOffload.of(in.getByte(at) >>> TLS_SHIFT & TLS_MASK);
    }

    /** Why it failed: a {@link Syndrome}. */
    public static int syndrome(ByteBuf in, int at) {
        return in.getUnsignedByte(at + SYNDROME);
    }

    /** Why it failed, in detail: a {@link Syndrome}. */
    public static int vendorSyndrome(ByteBuf in, int at) {
        return in.getUnsignedByte(at + VENDOR_SYNDROME);
    }
}
