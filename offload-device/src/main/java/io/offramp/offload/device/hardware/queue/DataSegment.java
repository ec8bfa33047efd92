package io.offramp.offload.device.hardware.queue;

import io.netty.buffer.ByteBuf;

/**
 * A piece of payload, by reference or inline. An RQ WQE is one such segment, by reference.
 *
 * <pre>
 *      31 30                                                        0
 *     +--+-----------------------------------------------------------+
 *  0  |i |                        byte_count                         |   i = 1: the bytes follow here, padded to 16
 *     +--+-----------------------------------------------------------+
 *  4  |                            lkey                              |   memory region
 *     +--------------------------------------------------------------+
 *  8  |                       address (64 bit)                       |   offset in the region
 * 12  |                                                              |
 *     +--------------------------------------------------------------+
 * </pre>
 */
public final class DataSegment {
    /** Length in bytes of a segment by reference. */
    public static final int BYTES = 16;

    /** Where inline bytes start. */
    public static final int INLINE_BYTES = 4;

    private static final int INLINE = 1 << 31;
    private static final int LKEY = 4;
    private static final int ADDRESS = 8;

    private DataSegment() {}

    /** Writes a segment by reference. */
    public static void write(ByteBuf out, int at, int byteCount, int lkey, long address) {
        out.setLong(at, (long) byteCount << 32 | lkey & 0xffff_ffffL);
        out.setLong(at + ADDRESS, address);
    }

    /**
     * Writes the first word of an inline segment; the caller writes {@code byteCount} bytes at {@link #INLINE_BYTES}.
     */
    public static void writeInline(ByteBuf out, int at, int byteCount) {
        out.setInt(at, INLINE | byteCount);
    }

    /** Length of an inline segment, padding included. */
    public static int inlineSegmentBytes(int byteCount) {
        return Math.ceilDiv(INLINE_BYTES + byteCount, BYTES) * BYTES;
    }

    /** True where the bytes follow in the WQE. */
    public static boolean isInline(ByteBuf in, int at) {
        return in.getInt(at) < 0;
    }

    /** Bytes of payload. */
    public static int byteCount(ByteBuf in, int at) {
        return in.getInt(at) & ~INLINE;
    }

    /** Memory region of a segment by reference. */
    public static int lkey(ByteBuf in, int at) {
        return in.getInt(at + LKEY);
    }

    /** Offset in the region. */
    public static long address(ByteBuf in, int at) {
        return in.getLong(at + ADDRESS);
    }
}
