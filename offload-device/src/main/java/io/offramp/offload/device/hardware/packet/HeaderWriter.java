package io.offramp.offload.device.hardware.packet;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Arrays;

/**
 * Writes the headers of a flow's packets, with the timestamps option. The Ethernet addresses are locally administered
 * and stand for the IP addresses: whatever router is in between is no part of the model.
 */
public final class HeaderWriter {
    private static final int IPV4_ADDRESS_BYTES = 4;
    private static final int LOCALLY_ADMINISTERED = 0x02_00;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int HOPS = 64;
    private static final int OFFSET_AND_ACK = 0x80_00 | PacketHeader.ACK;
    private static final int WINDOW = 14;
    private static final int TIMESTAMPS_OPTION = 0x01_01_08_0a;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private HeaderWriter() {}

    /**
     * Writes headers without payload, sequence, acknowledgment, times and checksums.
     *
     * @return their length: {@link PacketHeader#IPV4_BYTES} or {@link PacketHeader#IPV6_BYTES}
     * @throws IllegalArgumentException if the addresses are not resolved or not of one family
     */
    public static int write(ByteBuf out, InetSocketAddress source, InetSocketAddress destination) {
        byte[] from = address(source);
        byte[] to = address(destination);
        if (from.length != to.length) {
            throw new IllegalArgumentException("addresses of two families: " + source + ", " + destination);
        }
        boolean isIpv4 = from.length == IPV4_ADDRESS_BYTES;
        int bytes = isIpv4 ? PacketHeader.IPV4_BYTES : PacketHeader.IPV6_BYTES;
        out.setZero(0, bytes);
        writeEthernet(out, isIpv4 ? PacketHeader.IPV4 : PacketHeader.IPV6, from, to);
        if (isIpv4) {
            writeIpv4(out, from, to);
        } else {
            writeIpv6(out, from, to);
        }
        writeTcp(out, PacketHeader.tcp(out, 0), source.getPort(), destination.getPort());
        PacketHeader.payloadBytes(out, 0, bytes, 0);
        return bytes;
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

    private static void writeEthernet(ByteBuf out, int type, byte[] from, byte[] to) {
        writeEthernetAddress(out, 0, to);
        writeEthernetAddress(out, 6, from);
        out.setShort(PacketHeader.ETHER_TYPE, type);
    }

    private static void writeEthernetAddress(ByteBuf out, int at, byte[] ip) {
        out.setShort(at, LOCALLY_ADMINISTERED);
        out.setBytes(at + Short.BYTES, ip, ip.length - IPV4_ADDRESS_BYTES, IPV4_ADDRESS_BYTES);
    }

    private static void writeIpv4(ByteBuf out, byte[] from, byte[] to) {
        int ip = PacketHeader.ETHERNET_BYTES;
        out.setByte(ip, 0x45);
        out.setShort(ip + 6, DONT_FRAGMENT);
        out.setByte(ip + 8, HOPS);
        out.setByte(ip + PacketHeader.IPV4_PROTOCOL, PacketHeader.PROTOCOL_TCP);
        out.setBytes(ip + PacketHeader.IPV4_SOURCE, from);
        out.setBytes(ip + PacketHeader.IPV4_SOURCE + from.length, to);
    }

    private static void writeIpv6(ByteBuf out, byte[] from, byte[] to) {
        int ip = PacketHeader.ETHERNET_BYTES;
        out.setByte(ip, 0x60);
        out.setByte(ip + PacketHeader.IPV6_NEXT_HEADER, PacketHeader.PROTOCOL_TCP);
        out.setByte(ip + 7, HOPS);
        out.setBytes(ip + PacketHeader.IPV6_SOURCE, from);
        out.setBytes(ip + PacketHeader.IPV6_SOURCE + from.length, to);
    }

    private static void writeTcp(ByteBuf out, int tcp, int sourcePort, int destinationPort) {
        out.setShort(tcp, sourcePort);
        out.setShort(tcp + 2, destinationPort);
        out.setShort(tcp + PacketHeader.TCP_OFFSET, OFFSET_AND_ACK);
        out.setShort(tcp + WINDOW, 0xffff);
        out.setInt(tcp + PacketHeader.TCP_FIXED_BYTES, TIMESTAMPS_OPTION);
    }
}
