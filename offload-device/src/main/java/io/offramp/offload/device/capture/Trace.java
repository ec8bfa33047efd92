package io.offramp.offload.device.capture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.offramp.offload.device.capture.PcapngReader.Block;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Steps through a capture: each packet as a few lines of text. Not thread-safe. */
public final class Trace {
    private static final String[] SIDES = {"host", "wire"};
    private static final String FLAGS = "FSRPAUEC";
    private static final int SHOWN_BYTES = 48;
    private static final int PACKET_FIELDS_BYTES = 20;
    private static final long NS_PER_US = 1_000;

    private final PcapngReader reader;
    private final @Nullable String onlySide;
    private int packets;
    private long startNs;

    /**
     * A capture that was written by {@link Capture}.
     *
     * @param onlySide {@code host} or {@code wire}; null for both
     * @throws IOException if it cannot be read, or is no pcapng file
     */
    public Trace(InputStream capture, @Nullable String onlySide) throws IOException {
        reader = new PcapngReader(capture);
        this.onlySide = onlySide;
    }

    /**
     * Text of the next packet, its lines ended; null behind the last one.
     *
     * @throws IOException if the file is damaged, or ends in the middle of a packet
     */
    public @Nullable String next() throws IOException {
        for (Block block = reader.next(); block != null; block = reader.next()) {
            if (block.type() == PcapngBlocks.ENHANCED_PACKET) {
                packets++;
                String side = SIDES[block.body().getInt(0) & 1];
                if (onlySide == null || onlySide.equals(side)) {
                    return describe(block.body(), side);
                }
            }
        }
        return null;
    }

    private String describe(ByteBuffer block, String side) {
        long timeNs = (long) block.getInt(4) << 32 | block.getInt(8) & 0xffff_ffffL;
        startNs = startNs == 0 ? timeNs : startNs;
        int bytes = block.getInt(12);
        ByteBuf packet = Unpooled.wrappedBuffer(block.slice(PACKET_FIELDS_BYTES, bytes));
        StringBuilder out = new StringBuilder();
        long us = (timeNs - startNs) / NS_PER_US;
        out.append(String.format(
                Locale.ROOT, "%d  %d.%06d  %s  ", packets, us / 1_000_000, us % TimeUnit.SECONDS.toMicros(1), side));
        int headerBytes = PacketHeader.bytes(packet, 0);
        if (!PacketHeader.isValid(packet, 0, headerBytes)) {
            return out.append(bytes)
                    .append(" bytes that are no packet of TCP\n")
                    .toString();
        }
        appendHeaders(out, packet, bytes - headerBytes);
        appendPayload(out, packet, headerBytes, bytes - headerBytes);
        appendComment(out, block, PACKET_FIELDS_BYTES + PcapngBlocks.padded(bytes));
        return out.toString();
    }

    private static void appendHeaders(StringBuilder out, ByteBuf packet, int payloadBytes) {
        out.append(PacketHeader.source(packet, 0)).append(" > ").append(PacketHeader.destination(packet, 0));
        out.append("  seq=").append(Narrator.unsigned(PacketHeader.tcpSequence(packet, 0)));
        out.append(" ack=").append(Narrator.unsigned(PacketHeader.acknowledgment(packet, 0)));
        out.append(" len=").append(payloadBytes).append(" [");
        int flags = PacketHeader.flags(packet, 0);
        for (int bit = 0; bit < FLAGS.length(); bit++) {
            if ((flags >> bit & 1) != 0) {
                out.append(FLAGS.charAt(bit));
            }
        }
        out.append("]\n");
    }

    private static void appendPayload(StringBuilder out, ByteBuf packet, int at, int bytes) {
        if (bytes == 0) {
            return;
        }
        int shown = Math.min(bytes, SHOWN_BYTES);
        out.append("    ")
                .append(ByteBufUtil.hexDump(packet, at, Math.min(bytes, 13)))
                .append("  ");
        for (int i = 0; i < shown; i++) {
            int character = packet.getUnsignedByte(at + i);
            out.append(character >= ' ' && character < 0x7f ? (char) character : '.');
        }
        out.append(shown < bytes ? "…\n" : "\n");
    }

    private static void appendComment(StringBuilder out, ByteBuffer block, int options) {
        int at = options;
        while (at + 4 <= block.limit() && block.getShort(at) != PcapngBlocks.OPTION_END) {
            int bytes = block.getShort(at + 2) & 0xffff;
            if (block.getShort(at) == PcapngBlocks.OPTION_COMMENT && at + 4 + bytes <= block.limit()) {
                byte[] text = new byte[bytes];
                block.get(at + 4, text);
                new String(text, StandardCharsets.UTF_8)
                        .lines()
                        .forEach(line -> out.append("    ").append(line).append('\n'));
            }
            at += 4 + PcapngBlocks.padded(bytes);
        }
    }
}
