package io.offramp.offload.device.hardware.queue;

import io.netty.buffer.ByteBuf;

/**
 * The second segment of a SEND or LSO, with the packet's headers inline, Ethernet, IP and TCP.
 *
 * <pre>
 *      31                           16 15                           0
 *     +--------------------------------------------------------------+
 *  0  |             header offsets for software parsing              |   not used by the model
 *     +---------------+---------------+------------------------------+
 *  4  |   cs_flags    |   swp_flags   |              mss             |   flags not used by the model
 *     +---------------+---------------+------------------------------+
 *  8  |                     flow_table_metadata                      |   not used by the model
 *     +-------------------------------+------------------------------+
 * 12  |        inline_hdr_sz          |  inline header, first bytes  |
 *     +-------------------------------+------------------------------+
 * 16  |            rest of the inline header, padded to 16           |
 *     +--------------------------------------------------------------+
 * </pre>
 */
public final class EthernetSegment {
    /** Where the inline header starts. */
    public static final int INLINE_HEADER = 14;

    private static final int MSS = 6;
    private static final int FLOW_TABLE_METADATA = 8;
    private static final int INLINE_HEADER_BYTES = 12;

    private EthernetSegment() {}

    /** Length in units of 16 bytes with a header of that length. */
    public static int octowords(int headerBytes) {
        return Math.ceilDiv(INLINE_HEADER + headerBytes, ControlSegment.OCTOWORD_BYTES);
    }

    /** Fills everything, header included. */
    public static void write(ByteBuf out, int at, int mss, ByteBuf header, int headerBytes) {
        out.setLong(at, mss);
        out.setInt(at + FLOW_TABLE_METADATA, 0);
        out.setShort(at + INLINE_HEADER_BYTES, headerBytes);
        out.setBytes(at + INLINE_HEADER, header, 0, headerBytes);
    }

    /** Payload bytes per packet of a large send. */
    public static int mss(ByteBuf in, int at) {
        return in.getUnsignedShort(at + MSS);
    }

    /** Length of the inline header. */
    public static int headerBytes(ByteBuf in, int at) {
        return in.getUnsignedShort(at + INLINE_HEADER_BYTES);
    }
}
