package io.offramp.offload.device.hardware.packet;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * The checksums of a packet: of the IPv4 header (RFC 791 §3.1; IPv6 has none), and of TCP over pseudo header, TCP
 * header and payload (RFC 9293 §3.1, RFC 8200 §8.1). Other than in UDP, 0 is a checksum like any other.
 */
public final class Checksums {
    private static final int ALL_ONES = 0xffff;

    private Checksums() {}

    /** Writes both into the header, whose other fields are as they are to be. */
    public static void write(ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes) {
        int tcp = PacketHeader.tcp(header, 0);
        if (!PacketHeader.isIpv6(header, 0)) {
            int field = PacketHeader.ETHERNET_BYTES + PacketHeader.IPV4_CHECKSUM;
            header.setShort(field, 0);
            header.setShort(field, ~ipSum(header, tcp));
        }
        int field = tcp + PacketHeader.TCP_CHECKSUM;
        header.setShort(field, 0);
        header.setShort(field, ~tcpSum(header, headerBytes, payload, index, bytes));
    }

    /** True where both hold, and the length in the IP header is that of the packet. */
    public static boolean verify(ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes) {
        boolean isIpIntact = PacketHeader.isIpv6(header, 0) || ipSum(header, PacketHeader.tcp(header, 0)) == ALL_ONES;
        return isIpIntact
                && PacketHeader.ipBytes(header, 0) == headerBytes - PacketHeader.ETHERNET_BYTES + bytes
                && tcpSum(header, headerBytes, payload, index, bytes) == ALL_ONES;
    }

    private static int ipSum(ByteBuf header, int tcp) {
        return fold(words(header, PacketHeader.ETHERNET_BYTES, tcp - PacketHeader.ETHERNET_BYTES));
    }

    private static int tcpSum(ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes) {
        int tcp = PacketHeader.tcp(header, 0);
        int source = PacketHeader.isIpv6(header, 0) ? PacketHeader.IPV6_SOURCE : PacketHeader.IPV4_SOURCE;
        int addressBytes = PacketHeader.isIpv6(header, 0) ? 32 : 8;
        long sum = PacketHeader.PROTOCOL_TCP + (headerBytes - tcp) + (long) bytes;
        sum += words(header, PacketHeader.ETHERNET_BYTES + source, addressBytes);
        sum += words(header, tcp, headerBytes - tcp);
        return fold(sum + words(payload, index, bytes));
    }

    private static int fold(long words) {
        long sum = words;
        while (sum > ALL_ONES) {
            sum = (sum >>> 16) + (sum & ALL_ONES);
        }
        return (int) sum;
    }

    /** Sum of the 32-bit words, which folds to that of the 16-bit ones. */
    private static long words(ByteBuf buffer, int index, int bytes) {
        ByteBuffer in = buffer.nioBuffer(index, bytes);
        long sum = 0;
        while (in.remaining() >= Integer.BYTES) {
            sum += Integer.toUnsignedLong(in.getInt());
        }
        // The rest counts as if zeros came behind it.
        for (int shift = 24; in.hasRemaining(); shift -= Byte.SIZE) {
            sum += (long) (in.get() & 0xff) << shift;
        }
        return sum;
    }
}
