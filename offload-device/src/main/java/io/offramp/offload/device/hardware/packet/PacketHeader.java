package io.offramp.offload.device.hardware.packet;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Arrays;

/**
 * IP and TCP headers of a packet, without options and without the Ethernet header (RFC 791, RFC 8200, RFC 9293).
 *
 * <pre>
 *          IPv4                               IPv6                                TCP, behind either
 *       0  4 | IHL 5 | DSCP | total length    0  6 | class | flow label        0  source port | destination port
 *       4  identification | flags             4  payload length | next | hops  4  sequence number
 *       8  TTL | protocol | checksum          8  source address (16)           8  acknowledgment number
 *      12  source address                    24  destination address (16)     12  offset 5 | flags | window
 *      16  destination address               40                               16  checksum | urgent pointer
 *      20                                                                     20
 * </pre>
 */
public final class PacketHeader {
    /** Length with IPv4. */
    public static final int IPV4_BYTES = 40;

    /** Length with IPv6. */
    public static final int IPV6_BYTES = 60;

    /** The most payload that a packet from the wire has, coalesced ones included, with either IP version. */
    public static final int MAX_PAYLOAD_BYTES = 65_535 - IPV4_BYTES;

    static final int PROTOCOL_TCP = 6;
    static final int IPV4_PROTOCOL = 9;
    static final int IPV4_SOURCE = 12;
    static final int IPV4_TCP = 20;
    static final int IPV6_NEXT_HEADER = 6;
    static final int IPV6_SOURCE = 8;
    static final int IPV6_TCP = 40;

    private static final int TCP_SEQUENCE = 4;
    private static final int TCP_OFFSET = 12;
    private static final int TCP_OFFSET_AND_ACK = 0x50_10;
    private static final int IPV4_BYTES_PER_ADDRESS = 4;
    private static final int HOPS = 64;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private PacketHeader() {}

    /**
     * Writes the header of a flow's packets.
     *
     * @return its length: {@link #IPV4_BYTES} or {@link #IPV6_BYTES}
     * @throws IllegalArgumentException if the addresses are not resolved or not of one family
     */
    public static int write(ByteBuf out, InetSocketAddress source, InetSocketAddress destination) {
        byte[] from = address(source);
        byte[] to = address(destination);
        if (from.length != to.length) {
            throw new IllegalArgumentException("addresses of two families: " + source + ", " + destination);
        }
        return from.length == IPV4_BYTES_PER_ADDRESS
                ? writeIpv4(out, from, to, source.getPort(), destination.getPort())
                : writeIpv6(out, from, to, source.getPort(), destination.getPort());
    }

    private static byte[] address(InetSocketAddress socketAddress) {
        if (socketAddress.isUnresolved()) {
            throw new IllegalArgumentException("address is not resolved: " + socketAddress);
        }
        byte[] address = socketAddress.getAddress().getAddress();
        return isMapped(address) ? Arrays.copyOfRange(address, MAPPED.length, address.length) : address;
    }

    /**
     * An IPv4 address in the form of IPv6: its packets are IPv4 (RFC 4291 §2.5.5.2). Of a text the JDK makes one by
     * itself.
     */
    private static boolean isMapped(byte[] address) {
        return address.length > MAPPED.length && Arrays.mismatch(address, MAPPED) == MAPPED.length;
    }

    private static int writeIpv4(ByteBuf out, byte[] from, byte[] to, int sourcePort, int destinationPort) {
        out.setZero(0, IPV4_BYTES);
        out.setByte(0, 0x45);
        out.setByte(8, HOPS);
        out.setByte(IPV4_PROTOCOL, PROTOCOL_TCP);
        out.setBytes(IPV4_SOURCE, from);
        out.setBytes(IPV4_SOURCE + from.length, to);
        writeTcp(out, IPV4_TCP, sourcePort, destinationPort);
        return IPV4_BYTES;
    }

    private static int writeIpv6(ByteBuf out, byte[] from, byte[] to, int sourcePort, int destinationPort) {
        out.setZero(0, IPV6_BYTES);
        out.setByte(0, 0x60);
        out.setByte(IPV6_NEXT_HEADER, PROTOCOL_TCP);
        out.setByte(7, HOPS);
        out.setBytes(IPV6_SOURCE, from);
        out.setBytes(IPV6_SOURCE + from.length, to);
        writeTcp(out, IPV6_TCP, sourcePort, destinationPort);
        return IPV6_BYTES;
    }

    private static void writeTcp(ByteBuf out, int at, int sourcePort, int destinationPort) {
        out.setShort(at, sourcePort);
        out.setShort(at + 2, destinationPort);
        out.setShort(at + TCP_OFFSET, TCP_OFFSET_AND_ACK);
    }

    /** True where a header of this length starts as one. */
    public static boolean isValid(ByteBuf in, int at, int headerBytes) {
        int version = in.getUnsignedByte(at) >>> 4;
        return headerBytes == IPV4_BYTES && version == 4 && in.getByte(at + IPV4_PROTOCOL) == PROTOCOL_TCP
                || headerBytes == IPV6_BYTES && version == 6 && in.getByte(at + IPV6_NEXT_HEADER) == PROTOCOL_TCP;
    }

    /** TCP sequence number of the first payload byte. */
    public static int tcpSequence(ByteBuf in, int at, int headerBytes) {
        return in.getInt(at + tcp(headerBytes) + TCP_SEQUENCE);
    }

    /** Changes the TCP sequence number. */
    public static void tcpSequence(ByteBuf out, int at, int headerBytes, int sequence) {
        out.setInt(at + tcp(headerBytes) + TCP_SEQUENCE, sequence);
    }

    /** Where the TCP header starts. */
    static int tcp(int headerBytes) {
        return headerBytes == IPV4_BYTES ? IPV4_TCP : IPV6_TCP;
    }
}
