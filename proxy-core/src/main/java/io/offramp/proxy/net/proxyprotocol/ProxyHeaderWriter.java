package io.offramp.proxy.net.proxyprotocol;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.List;

/** Writes the header in front of a connection to a server. Pure functions. */
public final class ProxyHeaderWriter {
    private static final int UNSPECIFIED = 0x00;
    private static final int PROXY = 0x01;

    private ProxyHeaderWriter() {}

    /** Version 1. Addresses of two families cannot be told in it: then the line says UNKNOWN. */
    public static void version1(InetSocketAddress source, InetSocketAddress destination, ByteBuf out) {
        out.writeBytes(Version1.write(source, destination));
    }

    /**
     * Version 2, with a checksum. Addresses of two families cannot be told in it either: then there are none.
     *
     * @param tlvs about the client's connection
     */
    public static void version2(InetSocketAddress source, InetSocketAddress destination, List<Tlv> tlvs, ByteBuf out) {
        int start = out.writerIndex();
        byte[] from = source.getAddress().getAddress();
        byte[] to = destination.getAddress().getAddress();
        boolean same = from.length == to.length;
        out.writeBytes(Version2.SIGNATURE);
        out.writeByte(Version2.VERSION | PROXY);
        out.writeByte(!same ? UNSPECIFIED : from.length == 4 ? Version2.TCP4 : Version2.TCP6);
        out.writeShort(0);
        if (same) {
            out.writeBytes(from).writeBytes(to).writeShort(source.getPort()).writeShort(destination.getPort());
        }
        tlvs.forEach(each -> each.write(out));
        out.writeByte(Version2.CRC32C).writeShort(4);
        int checksum = out.writerIndex() - start;
        out.writeInt(0);
        int length = out.writerIndex() - start;
        out.setShort(start + 14, length - Version2.FIXED_BYTES);
        out.setInt(start + checksum, (int) Version2.checksum(out.slice(start, length), checksum));
    }
}
