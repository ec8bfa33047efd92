package io.offramp.offload.device.hardware.packet;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * The TCP checksum over pseudo header, TCP header and payload (RFC 9293 §3.1, RFC 8200 §8.1). Other than in UDP, 0 is a
 * checksum like any other.
 */
public final class TcpChecksum {
    private static final int CHECKSUM = 16;
    private static final int TCP_BYTES = 20;
    private static final int ALL_ONES = 0xffff;

    private TcpChecksum() {}

    /** Writes the checksum into the header. */
    public static void write(ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes) {
        int field = PacketHeader.tcp(headerBytes) + CHECKSUM;
        header.setShort(field, 0);
        header.setShort(field, ~sum(header, headerBytes, payload, index, bytes));
    }

    /** True where the checksum holds. */
    public static boolean verify(ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes) {
        return sum(header, headerBytes, payload, index, bytes) == ALL_ONES;
    }

    private static int sum(ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes) {
        int tcp = PacketHeader.tcp(headerBytes);
        int addresses = headerBytes == PacketHeader.IPV4_BYTES ? PacketHeader.IPV4_SOURCE : PacketHeader.IPV6_SOURCE;
        long sum = PacketHeader.PROTOCOL_TCP + TCP_BYTES + (long) bytes;
        sum += words(header, addresses, tcp - addresses);
        sum += words(header, tcp, TCP_BYTES);
        sum += words(payload, index, bytes);
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
