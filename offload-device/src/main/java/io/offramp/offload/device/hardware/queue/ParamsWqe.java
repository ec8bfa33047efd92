package io.offramp.offload.device.hardware.queue;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.hardware.context.StaticParams;

/**
 * The two WQEs that program a context.
 *
 * <pre>
 *       UMR, 192 bytes                          SET_PSV, 32 bytes
 *      +-------------------------------+       +-------------------------------+
 *   0  | control segment               |    0  | control segment               |
 *      +-------------------------------+       +-------------------------------+
 *  16  | UMR control: flags (bit 7 =   |   16  | tis_tir_num                   |
 *      | inline), at 22 bsf_octowords  |       +-------------------------------+
 *      | = 4                           |   20  | progress params (12)          |
 *      +-------------------------------+       +-------------------------------+
 *  64  | memory key context, unused    |
 *      +-------------------------------+
 * 128  | static params (64)            |
 *      +-------------------------------+
 * </pre>
 */
public final class ParamsWqe {
    /** Blocks of a UMR. */
    public static final int STATIC_BLOCKS = 3;

    /** Blocks of a SET_PSV. */
    public static final int PROGRESS_BLOCKS = 1;

    /** Length of a UMR in units of 16 bytes. */
    public static final int STATIC_OCTOWORDS = 12;

    /** Length of a SET_PSV in units of 16 bytes. */
    public static final int PROGRESS_OCTOWORDS = 2;

    /** Where the static params start in a UMR. */
    public static final int STATIC_PARAMS = 128;

    /** Where the progress params start in a SET_PSV. */
    public static final int PROGRESS_PARAMS = 20;

    private static final int UMR_FLAGS = 16;
    private static final int UMR_INLINE = 0x80;
    private static final int BSF_OCTOWORDS = 22;
    private static final int STATIC_PARAMS_OCTOWORDS = StaticParams.BYTES / ControlSegment.OCTOWORD_BYTES;
    private static final int PROGRESS_CONTEXT = 16;

    private ParamsWqe() {}

    /** Writes what lies between the control segment and the static params of a UMR. */
    public static void writeUmr(ByteBuf out, int at) {
        out.setZero(at + UMR_FLAGS, STATIC_PARAMS - UMR_FLAGS);
        out.setByte(at + UMR_FLAGS, UMR_INLINE);
        out.setShort(at + BSF_OCTOWORDS, STATIC_PARAMS_OCTOWORDS);
    }

    /** True where the UMR carries static params inline. */
    public static boolean hasStaticParams(ByteBuf in, int at) {
        return in.getUnsignedByte(at + UMR_FLAGS) == UMR_INLINE
                && in.getUnsignedShort(at + BSF_OCTOWORDS) == STATIC_PARAMS_OCTOWORDS;
    }

    /** Writes which context a SET_PSV is for. */
    public static void writeProgressContext(ByteBuf out, int at, int tisTir) {
        out.setInt(at + PROGRESS_CONTEXT, tisTir);
    }

    /** Which context a SET_PSV is for. */
    public static int progressContext(ByteBuf in, int at) {
        return in.getInt(at + PROGRESS_CONTEXT);
    }
}
