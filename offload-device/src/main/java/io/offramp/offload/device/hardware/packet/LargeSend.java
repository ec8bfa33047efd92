package io.offramp.offload.device.hardware.packet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Makes the header of each packet that a large send is cut into, out of the one that came with it, as a device does
 * that segments TCP: the sequence goes on with the payload, identifications count up, CWR is on the first alone, FIN
 * and PSH are on the last alone, and everything else is copied, timestamps and acknowledgment too. Reused from send to
 * send.
 */
public final class LargeSend {
    private static final int FIRST_ONLY = PacketHeader.CWR;
    private static final int LAST_ONLY = PacketHeader.FIN | PacketHeader.PSH;

    private final ByteBuf header = Unpooled.wrappedBuffer(new byte[PacketHeader.MAX_BYTES]);
    private int headerBytes;
    private int sequence;
    private int identification;
    private int flags;
    private int packets;

    /** Nothing to send yet. */
    public LargeSend() {}

    /** Takes a valid header, which is copied. */
    public void start(ByteBuf in, int at, int newHeaderBytes) {
        headerBytes = newHeaderBytes;
        header.setBytes(0, in, at, headerBytes);
        sequence = PacketHeader.tcpSequence(header, 0);
        identification = PacketHeader.identification(header, 0);
        flags = PacketHeader.flags(header, 0);
        packets = 0;
    }

    /**
     * Makes the next packet's header, checksums included.
     *
     * @param payload holds the packet's payload at {@code index}
     * @param isLast whether nothing comes behind it
     * @return the header from 0 on, valid until the next call
     */
    public ByteBuf next(ByteBuf payload, int index, int bytes, boolean isLast) {
        int masked = flags & ~(packets == 0 ? 0 : FIRST_ONLY) & ~(isLast ? 0 : LAST_ONLY);
        PacketHeader.payloadBytes(header, 0, headerBytes, bytes);
        PacketHeader.tcpSequence(header, 0, sequence);
        PacketHeader.identification(header, 0, identification + packets);
        PacketHeader.flags(header, 0, masked);
        Checksums.write(header, headerBytes, payload, index, bytes);
        sequence += bytes;
        packets++;
        return header;
    }

    /** Length of each header. */
    public int headerBytes() {
        return headerBytes;
    }
}
