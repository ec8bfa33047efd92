package io.offramp.offload.device.driver.queue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.device.hardware.packet.HeaderWriter;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The headers of a flow's packets in one direction, and how far that direction is. The code that puts a packet on a
 * wire computes its checksums. Confined to the event loop.
 */
public final class PacketTemplate {
    private final ByteBuf header = Unpooled.wrappedBuffer(new byte[PacketHeader.IPV6_BYTES]);
    private final int headerBytes;
    private PacketTemplate reverse = this;
    private int identification;
    private int timestamp;
    private int arrived;
    private FlowWatch watch = FlowWatch.NOBODY;

    /** @throws IllegalArgumentException if the addresses are not resolved or not of one family */
    public PacketTemplate(InetSocketAddress source, InetSocketAddress destination) {
        headerBytes = HeaderWriter.write(header, source, destination);
        PacketHeader.flags(header, 0, PacketHeader.ACK | PacketHeader.PSH);
    }

    /** Makes two templates acknowledge what the other one has brought. */
    public void pair(PacketTemplate other) {
        reverse = other;
        other.reverse = this;
    }

    /** The header, from 0 on. */
    public ByteBuf header() {
        return header;
    }

    /** Length of the header. */
    public int headerBytes() {
        return headerBytes;
    }

    /** Payload bytes per packet at that MTU. */
    public int mss(int mtu) {
        return mtu - (headerBytes - PacketHeader.ETHERNET_BYTES);
    }

    /**
     * Makes the header that of the next packet, or of the next large send.
     *
     * @param sequence TCP sequence of its first byte
     * @param bytes of payload
     * @param packets that it is, or will be cut into
     */
    public void next(int sequence, int bytes, int packets) {
        timestamp = (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        PacketHeader.payloadBytes(header, 0, headerBytes, bytes);
        PacketHeader.identification(header, 0, identification);
        PacketHeader.tcpSequence(header, 0, sequence);
        PacketHeader.acknowledgment(header, 0, reverse.arrived);
        PacketHeader.timestamps(header, 0, timestamp, reverse.timestamp);
        identification += packets;
    }

    /** Everything before this TCP sequence has arrived at the other end, which acknowledges it with what it sends. */
    public void arrived(int sequence) {
        arrived = sequence;
    }

    /** Who watches the flow, for a capture. */
    public FlowWatch watch() {
        return watch;
    }

    void watchedBy(FlowWatch newWatch) {
        watch = newWatch;
    }

    /** What a steering rule for these packets matches. */
    public FlowKey flow() {
        return new FlowKey().read(header, 0);
    }
}
