package io.offramp.offload.device.hardware.queue;

import io.netty.buffer.ByteBuf;

/**
 * GET_PSV, the WQE that reads a context's progress params into host memory.
 *
 * <pre>
 *      31          24 23           16 15            8 7            0
 *     +--------------+---------------+---------------+--------------+
 *  0  | control segment (16)                                        |
 *     +-------------------------------------------------------------+
 * 16  | reserved (19)                                               |
 *     |                                               +--------------+
 * 32  |                                               |   num_psv    |   1 in bits 7..4
 *     +-----------------------------------------------+--------------+
 * 36  |                            lkey                              |
 *     +--------------------------------------------------------------+
 * 40  |                      va (64 bit)                             |   offset in the region
 * 44  |                                                              |
 *     +--------------------------------------------------------------+
 * 48  |                       psv_index (4 x 32 bit)                 |   the first is the number of the TIR
 *     +--------------------------------------------------------------+
 * </pre>
 *
 * What the device writes, in units of 64 bytes: {@code tis_tir_num} (32 bit), then the progress params.
 */
public final class PsvWqe {
    /** Blocks of a GET_PSV. */
    public static final int BLOCKS = 1;

    /** Length in units of 16 bytes. */
    public static final int OCTOWORDS = 4;

    /** Bytes that the device writes at once. */
    public static final int WRITE_BYTES = 64;

    /** Where the progress params start in what the device has written. */
    public static final int PROGRESS_PARAMS = 4;

    private static final int RESERVED = 16;
    private static final int NUMBER_OF_PSVS = 35;
    private static final int ONE_PSV = 1 << 4;
    private static final int LKEY = 36;
    private static final int ADDRESS = 40;
    private static final int PSV_INDEX = 48;

    private PsvWqe() {}

    /** Writes what lies behind the control segment. */
    public static void write(ByteBuf out, int at, int tir, int lkey, long address) {
        out.setZero(at + RESERVED, OCTOWORDS * ControlSegment.OCTOWORD_BYTES - RESERVED);
        out.setByte(at + NUMBER_OF_PSVS, ONE_PSV);
        out.setInt(at + LKEY, lkey);
        out.setLong(at + ADDRESS, address);
        out.setInt(at + PSV_INDEX, tir);
    }

    /** True where it asks for one context's params. */
    public static boolean isValid(ByteBuf in, int at) {
        return in.getByte(at + NUMBER_OF_PSVS) == ONE_PSV;
    }

    /** Number of the context. */
    public static int context(ByteBuf in, int at) {
        return in.getInt(at + PSV_INDEX);
    }

    /** Memory region to write to. */
    public static int lkey(ByteBuf in, int at) {
        return in.getInt(at + LKEY);
    }

    /** Offset in the region. */
    public static long address(ByteBuf in, int at) {
        return in.getLong(at + ADDRESS);
    }
}
