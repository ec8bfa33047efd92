package io.offramp.offload.device.capture;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The blocks of a pcapng file, little-endian (draft-ietf-opsawg-pcapng).
 *
 * <pre>
 *     0  block type (4)
 *     4  total length (4)
 *     8  body, padded to 4 bytes; options behind it: code (2), length (2), value padded to 4 bytes; 0, 0 ends them
 *        total length (4)
 * </pre>
 */
final class PcapngBlocks {
    static final int SECTION_HEADER = 0x0a0d_0d0a;
    static final int INTERFACE = 1;
    static final int ENHANCED_PACKET = 6;
    static final int DECRYPTION_SECRETS = 10;

    static final int BYTE_ORDER = 0x1a2b_3c4d;
    static final int TLS_KEY_LOG = 0x544c_534b;
    static final int LINK_ETHERNET = 1;
    static final int OPTION_END = 0;
    static final int OPTION_COMMENT = 1;
    static final int OPTION_NAME = 2;

    /** Most bytes that a packet block has beside packet and comment. */
    static final int PACKET_OVERHEAD = 32 + 4 + 4 + 4 + 3 + 3;

    private static final int OPTION_DESCRIPTION = 3;
    private static final int OPTION_USER_APPLICATION = 4;
    private static final int OPTION_RESOLUTION = 9;
    private static final byte NANOSECONDS = 9;
    private static final int UNKNOWN_LENGTH = -1;
    private static final int HEAD_BYTES = 8;

    private PcapngBlocks() {}

    /** Writes the block that a file starts with. */
    static void writeSectionHeader(ByteBuf out, String application) {
        int start = begin(out, SECTION_HEADER);
        out.writeIntLE(BYTE_ORDER).writeShortLE(1).writeShortLE(0).writeLongLE(UNKNOWN_LENGTH);
        writeOption(out, OPTION_USER_APPLICATION, application);
        end(out, start);
    }

    /** Writes the description of the next interface, on which Ethernet packets have times in nanoseconds. */
    static void writeInterface(ByteBuf out, String name, String description) {
        int start = begin(out, INTERFACE);
        out.writeShortLE(LINK_ETHERNET).writeShortLE(0).writeIntLE(0);
        writeOption(out, OPTION_NAME, name);
        writeOption(out, OPTION_DESCRIPTION, description);
        out.writeShortLE(OPTION_RESOLUTION)
                .writeShortLE(1)
                .writeByte(NANOSECONDS)
                .writeZero(3);
        end(out, start);
    }

    /** Writes secrets in the NSS key log format. */
    static void writeSecrets(ByteBuf out, byte[] lines) {
        int start = begin(out, DECRYPTION_SECRETS);
        out.writeIntLE(TLS_KEY_LOG).writeIntLE(lines.length).writeBytes(lines);
        pad(out, lines.length);
        endWithoutOptions(out, start);
    }

    /**
     * Writes one packet.
     *
     * @param packet its headers and payload
     * @param comment empty for none
     */
    static void writePacket(ByteBuf out, CapturedPacket packet, byte[] comment) {
        int start = begin(out, ENHANCED_PACKET);
        long time = packet.timeNs();
        int bytes = packet.headerBytes() + packet.bytes();
        out.writeIntLE(packet.side().ordinal())
                .writeIntLE((int) (time >>> 32))
                .writeIntLE((int) time)
                .writeIntLE(bytes)
                .writeIntLE(bytes)
                .writeBytes(packet.header(), 0, packet.headerBytes())
                .writeBytes(packet.payload(), packet.index(), packet.bytes());
        pad(out, bytes);
        if (comment.length > 0) {
            writeOption(out, OPTION_COMMENT, comment);
        }
        end(out, start);
    }

    private static int begin(ByteBuf out, int type) {
        int start = out.writerIndex();
        out.writeIntLE(type).writeIntLE(0);
        return start;
    }

    private static void end(ByteBuf out, int start) {
        out.writeIntLE(OPTION_END);
        endWithoutOptions(out, start);
    }

    private static void endWithoutOptions(ByteBuf out, int start) {
        int bytes = out.writerIndex() - start + Integer.BYTES;
        out.writeIntLE(bytes).setIntLE(start + Integer.BYTES, bytes);
    }

    private static void writeOption(ByteBuf out, int code, String text) {
        writeOption(out, code, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void writeOption(ByteBuf out, int code, byte[] value) {
        out.writeShortLE(code).writeShortLE(value.length).writeBytes(value);
        pad(out, value.length);
    }

    private static void pad(ByteBuf out, int bytes) {
        out.writeZero(-bytes & 3);
    }

    /** Bytes of a body's part with its padding. */
    static int padded(int bytes) {
        return bytes + (-bytes & 3);
    }

    /** Length of a block that has this body and no options. */
    static int blockBytes(int bodyBytes) {
        return HEAD_BYTES + padded(bodyBytes) + Integer.BYTES;
    }
}
