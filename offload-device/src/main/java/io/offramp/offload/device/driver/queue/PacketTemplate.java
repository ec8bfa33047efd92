package io.offramp.offload.device.driver.queue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import java.net.InetSocketAddress;

/** The header of a flow's packets in one direction. Only its TCP sequence changes from packet to packet. */
public final class PacketTemplate {
    private final ByteBuf header = Unpooled.wrappedBuffer(new byte[PacketHeader.IPV6_BYTES]);
    private final int headerBytes;

    /** @throws IllegalArgumentException if the addresses are not resolved or not of one family */
    public PacketTemplate(InetSocketAddress source, InetSocketAddress destination) {
        headerBytes = PacketHeader.write(header, source, destination);
    }

    /** The header, from 0 on. */
    public ByteBuf header() {
        return header;
    }

    /** Length of the header. */
    public int headerBytes() {
        return headerBytes;
    }

    /** Changes the TCP sequence of the next packet. */
    public void sequence(int tcpSequence) {
        PacketHeader.tcpSequence(header, 0, headerBytes, tcpSequence);
    }

    /** What a steering rule for these packets matches. */
    public FlowKey flow() {
        return new FlowKey().read(header, 0, headerBytes);
    }
}
