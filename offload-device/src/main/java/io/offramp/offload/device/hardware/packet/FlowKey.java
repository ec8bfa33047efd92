package io.offramp.offload.device.hardware.packet;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The fields that a steering rule matches: IP version, both addresses and both ports of a TCP packet, as they stand in
 * its header. One that reads every packet is reused by its thread; one that is a key in a table never changes.
 */
public final class FlowKey {
    private boolean isIpv6;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private int ports;

    /** Matches nothing yet. */
    public FlowKey() {}

    /** Takes the flow from a valid header. */
    public FlowKey read(ByteBuf header, int at) {
        isIpv6 = PacketHeader.isIpv6(header, at);
        int ip = at + PacketHeader.ETHERNET_BYTES;
        ports = header.getInt(at + PacketHeader.tcp(header, at));
        if (isIpv6) {
            int source = ip + PacketHeader.IPV6_SOURCE;
            sourceHigh = header.getLong(source);
            sourceLow = header.getLong(source + 8);
            destinationHigh = header.getLong(source + 16);
            destinationLow = header.getLong(source + 24);
        } else {
            sourceHigh = 0;
            sourceLow = header.getUnsignedInt(ip + PacketHeader.IPV4_SOURCE);
            destinationHigh = 0;
            destinationLow = header.getUnsignedInt(ip + PacketHeader.IPV4_SOURCE + 4);
        }
        return this;
    }

    /** How many 32-bit words addresses and ports are. */
    public int words() {
        return isIpv6 ? 9 : 3;
    }

    /** A word of source address, destination address and ports, in this order, as they stand in the headers. */
    public int word(int index) {
        if (!isIpv6) {
            return index == 0 ? (int) sourceLow : index == 1 ? (int) destinationLow : ports;
        }
        long half = switch (index >> 1) {
            case 0 -> sourceHigh;
            case 1 -> sourceLow;
            case 2 -> destinationHigh;
            case 3 -> destinationLow;
            default -> (long) ports << Integer.SIZE;
        };
        return (index & 1) == 0 ? (int) (half >>> Integer.SIZE) : (int) half;
    }

    /** Which of the two tables it is for. */
    public boolean isIpv6() {
        return isIpv6;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FlowKey that
                && isIpv6 == that.isIpv6
                && ports == that.ports
                && sourceLow == that.sourceLow
                && destinationLow == that.destinationLow
                && sourceHigh == that.sourceHigh
                && destinationHigh == that.destinationHigh;
    }

    @Override
    public int hashCode() {
        long hash = sourceHigh ^ Long.rotateLeft(destinationHigh, 21);
        hash = hash * 31 + (sourceLow ^ Long.rotateLeft(destinationLow, 21));
        hash = (hash ^ ports) * 0x9e37_79b9_7f4a_7c15L;
        return (int) (hash >>> 32);
    }
}
