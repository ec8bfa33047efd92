package io.offramp.offload.device.hardware.packet;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;

/**
 * The headers of a packet: Ethernet, IPv4 or IPv6, TCP with its options (RFC 894, RFC 2464, RFC 791, RFC 8200, RFC
 * 9293, RFC 7323). Reads and changes fields in place; {@link HeaderWriter} makes whole ones.
 *
 * <pre>
 *       0  destination address (6) | source address (6) | EtherType          Ethernet
 *      14
 *          IPv4                               IPv6                                TCP, behind either
 *       0  4 | IHL | DSCP | total length      0  6 | class | flow label        0  source port | destination port
 *       4  identification | flags             4  payload length | next | hops  4  sequence number
 *       8  TTL | protocol | checksum          8  source address (16)           8  acknowledgment number
 *      12  source address                    24  destination address (16)     12  offset | flags | window
 *      16  destination address               40                               16  checksum | urgent pointer
 *      20                                                                     20  NOP NOP 8 10, value, echo reply
 * </pre>
 */
public final class PacketHeader {
    /** Length of the Ethernet header, which no MTU counts. */
    public static final int ETHERNET_BYTES = 14;

    /** Length with IPv4 and timestamps, as the driver makes them. */
    public static final int IPV4_BYTES = ETHERNET_BYTES + 20 + 32;

    /** Length with IPv6 and timestamps, as the driver makes them. */
    public static final int IPV6_BYTES = ETHERNET_BYTES + 40 + 32;

    /** The most that there is, with all options of IPv4 and TCP. */
    public static final int MAX_BYTES = ETHERNET_BYTES + 60 + 60;

    /** The most payload that a packet from the wire has, coalesced ones included, with either IP version. */
    public static final int MAX_PAYLOAD_BYTES = 65_535 - (IPV4_BYTES - ETHERNET_BYTES);

    /** TCP flag: the sender has nothing more. */
    public static final int FIN = 0x01;

    /** TCP flag: the first of a connection. */
    public static final int SYN = 0x02;

    /** TCP flag: pass it on at once. */
    public static final int PSH = 0x08;

    /** TCP flag: the acknowledgment number is valid. */
    public static final int ACK = 0x10;

    /** TCP flag: the sender has reduced its congestion window (RFC 3168 §6.1.2). */
    public static final int CWR = 0x80;

    static final int ETHER_TYPE = 12;
    static final int IPV4 = 0x0800;
    static final int IPV6 = 0x86dd;
    static final int PROTOCOL_TCP = 6;
    static final int LENGTH = 2;
    static final int IDENTIFICATION = 4;
    static final int IPV4_PROTOCOL = 9;
    static final int IPV4_CHECKSUM = 10;
    static final int IPV4_SOURCE = 12;
    static final int IPV6_LENGTH = 4;
    static final int IPV6_NEXT_HEADER = 6;
    static final int IPV6_SOURCE = 8;
    static final int IPV6_FIXED_BYTES = 40;
    static final int TCP_OFFSET = 12;
    static final int TCP_CHECKSUM = 16;
    static final int TCP_FIXED_BYTES = 20;

    private static final int TCP_SEQUENCE = 4;
    private static final int TCP_ACKNOWLEDGMENT = 8;
    private static final int TCP_FLAGS = 13;
    private static final int TIMESTAMP = TCP_FIXED_BYTES + 4;
    private static final int WORD_BYTES = 4;
    private static final int LEAST_BYTES = ETHERNET_BYTES + 20 + TCP_FIXED_BYTES;
    private static final int MAX_LENGTH = 0xffff;

    private PacketHeader() {}

    /** True where these bytes are headers of a TCP packet, all of them and nothing else. */
    public static boolean isValid(ByteBuf in, int at, int headerBytes) {
        if (headerBytes < LEAST_BYTES || headerBytes > MAX_BYTES) {
            return false;
        }
        int ip = at + ETHERNET_BYTES;
        int version = in.getUnsignedByte(ip) >>> 4;
        boolean isTcp = switch (in.getUnsignedShort(at + ETHER_TYPE)) {
            case IPV4 -> version == 4 && in.getByte(ip + IPV4_PROTOCOL) == PROTOCOL_TCP;
            case IPV6 -> version == 6 && in.getByte(ip + IPV6_NEXT_HEADER) == PROTOCOL_TCP;
            default -> false;
        };
        int tcp = isTcp ? tcp(in, at) : headerBytes;
        return tcp + TCP_FIXED_BYTES <= headerBytes && tcp + tcpBytes(in, at + tcp) == headerBytes;
    }

    /** Length of the headers that these bytes start with, if they are some; {@link #isValid} says so. */
    public static int bytes(ByteBuf in, int at) {
        if (in.writerIndex() - at < LEAST_BYTES) {
            return 0;
        }
        int tcp = tcp(in, at);
        return in.writerIndex() - at < tcp + TCP_FIXED_BYTES ? 0 : tcp + tcpBytes(in, at + tcp);
    }

    /** Address and port of the sender, as text. */
    public static String source(ByteBuf in, int at) {
        return address(in, at, 0, 0);
    }

    /** Address and port of the receiver, as text. */
    public static String destination(ByteBuf in, int at) {
        return address(in, at, 1, Short.BYTES);
    }

    private static String address(ByteBuf in, int at, int nth, int port) {
        boolean isIpv6 = isIpv6(in, at);
        byte[] address = new byte[isIpv6 ? 16 : 4];
        in.getBytes(at + ETHERNET_BYTES + (isIpv6 ? IPV6_SOURCE : IPV4_SOURCE) + nth * address.length, address);
        String text = NetUtil.bytesToIpAddress(address);
        return (isIpv6 ? "[" + text + "]" : text) + ":" + in.getUnsignedShort(at + tcp(in, at) + port);
    }

    /** True with IPv6, false with IPv4. */
    public static boolean isIpv6(ByteBuf in, int at) {
        return in.getUnsignedShort(at + ETHER_TYPE) == IPV6;
    }

    /** Where the TCP header starts, relative to the packet. */
    static int tcp(ByteBuf in, int at) {
        int ipBytes = isIpv6(in, at) ? IPV6_FIXED_BYTES : (in.getByte(at + ETHERNET_BYTES) & 0xf) * WORD_BYTES;
        return ETHERNET_BYTES + ipBytes;
    }

    /** Length of the TCP header at {@code tcp}. */
    private static int tcpBytes(ByteBuf in, int tcp) {
        return (in.getUnsignedByte(tcp + TCP_OFFSET) >>> 4) * WORD_BYTES;
    }

    /** Length that the IP header claims for what is behind the Ethernet header. */
    public static int ipBytes(ByteBuf in, int at) {
        int ip = at + ETHERNET_BYTES;
        return isIpv6(in, at)
                ? in.getUnsignedShort(ip + IPV6_LENGTH) + IPV6_FIXED_BYTES
                : in.getUnsignedShort(ip + LENGTH);
    }

    /**
     * Sets the length in the IP header. More than it can express becomes 0, as the kernel has it for large sends whose
     * length the device sets.
     */
    public static void payloadBytes(ByteBuf out, int at, int headerBytes, int payloadBytes) {
        int ip = at + ETHERNET_BYTES;
        int bytes = headerBytes - ETHERNET_BYTES + payloadBytes;
        if (isIpv6(out, at)) {
            int behind = bytes - IPV6_FIXED_BYTES;
            out.setShort(ip + IPV6_LENGTH, behind > MAX_LENGTH ? 0 : behind);
        } else {
            out.setShort(ip + LENGTH, bytes > MAX_LENGTH ? 0 : bytes);
        }
    }

    /** Identification of the packet: 0 with IPv6, which has none. */
    public static int identification(ByteBuf in, int at) {
        return isIpv6(in, at) ? 0 : in.getUnsignedShort(at + ETHERNET_BYTES + IDENTIFICATION);
    }

    /** Changes the identification, if there is one, to its lowest 16 bits. */
    public static void identification(ByteBuf out, int at, int id) {
        if (!isIpv6(out, at)) {
            out.setShort(at + ETHERNET_BYTES + IDENTIFICATION, id);
        }
    }

    /** Port of the sender. */
    public static int sourcePort(ByteBuf in, int at) {
        return in.getUnsignedShort(at + tcp(in, at));
    }

    /** TCP sequence number of the first payload byte. */
    public static int tcpSequence(ByteBuf in, int at) {
        return in.getInt(at + tcp(in, at) + TCP_SEQUENCE);
    }

    /** Changes the TCP sequence number. */
    public static void tcpSequence(ByteBuf out, int at, int sequence) {
        out.setInt(at + tcp(out, at) + TCP_SEQUENCE, sequence);
    }

    /** Acknowledgment number. */
    public static int acknowledgment(ByteBuf in, int at) {
        return in.getInt(at + tcp(in, at) + TCP_ACKNOWLEDGMENT);
    }

    /** Changes the acknowledgment number. */
    public static void acknowledgment(ByteBuf out, int at, int number) {
        out.setInt(at + tcp(out, at) + TCP_ACKNOWLEDGMENT, number);
    }

    /** TCP flags, the eight that there are. */
    public static int flags(ByteBuf in, int at) {
        return in.getUnsignedByte(at + tcp(in, at) + TCP_FLAGS);
    }

    /** Changes the TCP flags. */
    public static void flags(ByteBuf out, int at, int flags) {
        out.setByte(at + tcp(out, at) + TCP_FLAGS, flags);
    }

    /** Value of the timestamps option, of a header that has it as the driver writes it. */
    public static int timestamp(ByteBuf in, int at) {
        return in.getInt(at + tcp(in, at) + TIMESTAMP);
    }

    /** Changes value and echo reply of the timestamps option, of a header that has it as the driver writes it. */
    public static void timestamps(ByteBuf out, int at, int value, int echo) {
        int option = at + tcp(out, at) + TIMESTAMP;
        out.setInt(option, value);
        out.setInt(option + Integer.BYTES, echo);
    }
}
