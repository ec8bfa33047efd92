package io.offramp.proxy.net.proxyprotocol;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.net.proxyprotocol.ProxyHeaderReader.Result;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Version 2, binary, in network byte order (§2.2):
 *
 * <pre>
 *  0         12      13      14       16
 *  +---------+---+---+---+---+--------+-----------------+------+
 *  |signature|ver|cmd|fam|pro| length | addresses, ports| TLVs |
 *  +---------+---+---+---+---+--------+-----------------+------+
 * </pre>
 */
final class Version2 {
    static final byte[] SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    static final int FIXED_BYTES = 16;
    static final int VERSION = 0x20;
    static final int TCP4 = 0x11;
    static final int TCP6 = 0x21;

    /** Type and length of a TLV. */
    static final int TLV_BYTES = 3;

    static final int CRC32C = 0x03;

    private Version2() {}

    static Result read(ByteBuf in) {
        if (!ProxyHeaderReader.begins(in, SIGNATURE)) {
            return ProxyHeaderReader.malformed("no PROXY header");
        }
        if (in.readableBytes() < FIXED_BYTES) {
            return new Result.Incomplete();
        }
        int at = in.readerIndex();
        int version = in.getByte(at + 12) & 0xF0;
        int command = in.getByte(at + 12) & 0x0F;
        int family = in.getUnsignedByte(at + 13);
        int length = FIXED_BYTES + in.getUnsignedShort(at + 14);
        if (version != VERSION || command > 1) {
            return ProxyHeaderReader.malformed("PROXY header with version and command " + in.getUnsignedByte(at + 12));
        }
        int addresses = addressBytes(family);
        if (addresses < 0) {
            return ProxyHeaderReader.malformed("PROXY header with family " + family);
        }
        if (length > ProxyHeaderReader.MOST_BYTES) {
            return ProxyHeaderReader.malformed("PROXY header of " + length + " bytes");
        }
        if (in.readableBytes() < length) {
            return new Result.Incomplete();
        }
        if (command == 0) {
            return new Result.Complete(new ProxyHeader.Local(), length); // whatever follows is to be skipped
        }
        if (length < FIXED_BYTES + addresses) {
            return ProxyHeaderReader.malformed("PROXY header with a part of an address");
        }
        String problem = tlvs(in.slice(at, length), FIXED_BYTES + addresses);
        return problem != null
                ? ProxyHeaderReader.malformed(problem)
                : new Result.Complete(header(in, at + FIXED_BYTES, family), length);
    }

    /** Length of the addresses of a family and transport; -1 for one that is not defined. */
    private static int addressBytes(int family) {
        return switch (family) {
            case 0x00 -> 0;
            case TCP4, 0x12 -> 12;
            case TCP6, 0x22 -> 36;
            case 0x31, 0x32 -> 216;
            default -> -1;
        };
    }

    /** UDP, Unix sockets and unspecified families have no address that a TCP client could have. */
    private static ProxyHeader header(ByteBuf in, int at, int family) {
        int length = family == TCP4 ? 4 : family == TCP6 ? 16 : 0;
        if (length == 0) {
            return new ProxyHeader.Local();
        }
        return new ProxyHeader.Proxied(
                address(in, at, length, in.getUnsignedShort(at + 2 * length)),
                address(in, at + length, length, in.getUnsignedShort(at + 2 * length + 2)));
    }

    private static InetSocketAddress address(ByteBuf in, int at, int length, int port) {
        byte[] bytes = new byte[length];
        in.getBytes(at, bytes);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + length + " bytes", e);
        }
    }

    /** Walks over the TLVs, and checks the one that has a checksum; the problem, or null. */
    private static @Nullable String tlvs(ByteBuf header, int from) {
        int at = from;
        while (at < header.readableBytes()) {
            int left = header.readableBytes() - at - TLV_BYTES;
            int length = left < 0 ? 0 : header.getUnsignedShort(at + 1);
            if (left < length) {
                return "PROXY header with a part of a TLV";
            }
            boolean checksum = header.getUnsignedByte(at) == CRC32C;
            if (checksum
                    && (length != 4 || checksum(header, at + TLV_BYTES) != header.getUnsignedInt(at + TLV_BYTES))) {
                return "PROXY header with a wrong checksum";
            }
            at += TLV_BYTES + length;
        }
        return null;
    }

    /** Of the whole header, with the checksum's own bytes as zeros (§2.2.4). */
    static long checksum(ByteBuf header, int own) {
        byte[] bytes = new byte[header.readableBytes()];
        header.getBytes(header.readerIndex(), bytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, own);
        crc.update(new byte[4], 0, 4);
        crc.update(bytes, own + 4, bytes.length - own - 4);
        return crc.getValue();
    }
}
