package io.offramp.proxy.net.proxyprotocol;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import io.offramp.proxy.net.proxyprotocol.ProxyHeaderReader.Result;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Version 1: a line of text, {@code PROXY TCP4 192.0.2.7 198.51.100.1 51234 443} (§2.1). */
final class Version1 {
    /** With the line's end. */
    private static final int MOST_BYTES = 107;

    private static final byte[] START = "PROXY ".getBytes(StandardCharsets.US_ASCII);

    private Version1() {}

    static Result read(ByteBuf in) {
        if (!ProxyHeaderReader.begins(in, START)) {
            return ProxyHeaderReader.malformed("no PROXY header");
        }
        int most = Math.min(in.readableBytes(), MOST_BYTES);
        int end = in.indexOf(in.readerIndex(), in.readerIndex() + most, (byte) '\n') - in.readerIndex();
        if (end < 0) {
            return most < MOST_BYTES
                    ? new Result.Incomplete()
                    : ProxyHeaderReader.malformed("PROXY line of more than " + MOST_BYTES + " bytes");
        }
        if (end < START.length || in.getByte(in.readerIndex() + end - 1) != '\r') {
            return ProxyHeaderReader.malformed("PROXY line without CRLF");
        }
        String line = in.toString(in.readerIndex(), end - 1, StandardCharsets.ISO_8859_1);
        ProxyHeader header = header(line.split(" ", -1));
        return header == null
                ? ProxyHeaderReader.malformed("PROXY line with wrong parts")
                : new Result.Complete(header, end + 1);
    }

    /** Of the words of a line; null if they are wrong. */
    private static @Nullable ProxyHeader header(String[] words) {
        if (words[1].equals("UNKNOWN")) {
            return new ProxyHeader.Local(); // the rest of the line is to be ignored
        }
        if (words.length != 6) {
            return null;
        }
        InetSocketAddress source = address(words[1], words[2], words[4]);
        InetSocketAddress destination = address(words[1], words[3], words[5]);
        return source == null || destination == null ? null : new ProxyHeader.Proxied(source, destination);
    }

    private static @Nullable InetSocketAddress address(String family, String host, String port) {
        boolean valid = switch (family) {
            case "TCP4" -> NetUtil.isValidIpV4Address(host);
            case "TCP6" -> NetUtil.isValidIpV6Address(host) && host.indexOf('%') < 0 && host.indexOf('[') < 0;
            default -> false;
        };
        boolean number = port.matches("0|[1-9][0-9]{0,4}");
        if (!valid || !number || Integer.parseInt(port) > 65_535) {
            return null;
        }
        return new InetSocketAddress(InetAddress.ofLiteral(host), Integer.parseInt(port));
    }

    /** The line for a client; {@code UNKNOWN} if the addresses are of two families. */
    static byte[] write(InetSocketAddress source, InetSocketAddress destination) {
        boolean four = source.getAddress().getAddress().length == 4;
        if (four != (destination.getAddress().getAddress().length == 4)) {
            return "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII);
        }
        String line = String.join(
                " ",
                "PROXY",
                four ? "TCP4" : "TCP6",
                text(source),
                text(destination),
                Integer.toString(source.getPort()),
                Integer.toString(destination.getPort()));
        return (line + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(InetSocketAddress address) {
        return NetUtil.toAddressString(address.getAddress());
    }
}
