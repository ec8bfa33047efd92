package io.offramp.offload.device.hardware.queue;

import io.netty.buffer.ByteBuf;

/**
 * The first 16 bytes of every WQE of a send queue.
 *
 * <pre>
 *      31          24 23                            8 7            0
 *     +--------------+-------------------------------+--------------+
 *  0  |    op_mod    |           wqe_index           |    opcode    |
 *     +--------------+-------------------------------+------+-------+
 *  4  |                     qpn                      |      |  ds   |   ds: length of the WQE in units of 16 bytes
 *     +--------------+-------------------------------+------+-------+
 *  8  |  signature   |                               |   fm_ce_se   |   bits 7..5 fence mode, bits 3..2 completion
 *     +--------------+-------------------------------+--------------+
 * 12  |                 tis_tir_num                  |              |
 *     +----------------------------------------------+--------------+
 * </pre>
 */
public final class ControlSegment {
    /** Length in bytes. */
    public static final int BYTES = 16;

    /** Unit of {@code ds}. */
    public static final int OCTOWORD_BYTES = 16;

    /** Largest value of {@code ds}. */
    public static final int MAX_OCTOWORDS = 0x3f;

    /** Flag: waits until the WQEs before it have taken effect (initiator small). */
    public static final int FENCE = 1 << 5;

    /** Flag: gives a CQE, even if all is well. */
    public static final int CQ_UPDATE = 2 << 2;

    private static final int FENCE_MASK = 7 << 5;
    private static final int QPN_DS = 4;
    private static final int FLAGS = 8;
    private static final int TIS_TIR = 12;

    private ControlSegment() {}

    /** Fills all 16 bytes. */
    public static void write(
            ByteBuf out,
            int at,
            int opcode,
            int modifier,
            int wqeIndex,
            int queueNumber,
            int octowords,
            int flags,
            int tisTir) {
        int first = modifier << 24 | (wqeIndex & 0xffff) << 8 | opcode;
        out.setLong(at, pair(first, queueNumber << 8 | octowords));
        out.setLong(at + FLAGS, pair(flags, tisTir << 8));
    }

    private static long pair(int first, int second) {
        return (long) first << 32 | second & 0xffff_ffffL;
    }

    /** The opcode. */
    public static int opcode(ByteBuf in, int at) {
        return in.getInt(at) & 0xff;
    }

    /** Modifier of the opcode. */
    public static int modifier(ByteBuf in, int at) {
        return in.getInt(at) >>> 24;
    }

    /** Position of the WQE, in blocks since the queue was made, modulo 2^16. */
    public static int wqeIndex(ByteBuf in, int at) {
        return in.getInt(at) >>> 8 & 0xffff;
    }

    /** Number of the queue. */
    public static int queueNumber(ByteBuf in, int at) {
        return in.getInt(at + QPN_DS) >>> 8;
    }

    /** Length of the WQE in units of 16 bytes, this segment included. */
    public static int octowords(ByteBuf in, int at) {
        return in.getInt(at + QPN_DS) & MAX_OCTOWORDS;
    }

    /** True with any fence. */
    public static boolean isFenced(ByteBuf in, int at) {
        return (in.getInt(at + FLAGS) & FENCE_MASK) != 0;
    }

    /** True if it gives a CQE. */
    public static boolean wantsCompletion(ByteBuf in, int at) {
        return (in.getInt(at + FLAGS) & CQ_UPDATE) == CQ_UPDATE;
    }

    /** Number of the context: the mark that makes the device encrypt. */
    public static int tisTir(ByteBuf in, int at) {
        return in.getInt(at + TIS_TIR) >>> 8;
    }
}
