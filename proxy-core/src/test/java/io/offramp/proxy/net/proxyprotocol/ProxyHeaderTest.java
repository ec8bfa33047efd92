package io.offramp.proxy.net.proxyprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.net.proxyprotocol.ProxyHeader.Local;
import io.offramp.proxy.net.proxyprotocol.ProxyHeader.Proxied;
import io.offramp.proxy.net.proxyprotocol.ProxyHeaderReader.Result;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HAProxy, doc/proxy-protocol.txt, §2. */
class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final Proxied FOUR = new Proxied(address("192.0.2.7", 51234), address("198.51.100.1", 443));
    private static final Proxied SIX = new Proxied(address("2001:db8::7", 1), address("2001:db8::1", 65535));

    private static InetSocketAddress address(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }

    private static Result text(String text) {
        return ProxyHeaderReader.read(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    private static Result hex(String hex) {
        return ProxyHeaderReader.read(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex)));
    }

    @Test
    void shouldReadLines() {
        assertThat(text("PROXY TCP4 192.0.2.7 198.51.100.1 51234 443\r\nrest"))
                .isEqualTo(new Result.Complete(FOUR, 45));
        assertThat(text("PROXY TCP6 2001:db8::7 2001:db8::1 1 65535\r\n")).isEqualTo(new Result.Complete(SIX, 44));
        assertThat(text("PROXY UNKNOWN\r\n")).isEqualTo(new Result.Complete(new Local(), 15));
        assertThat(text("PROXY UNKNOWN ffff::1 whatever\r\n")).isEqualTo(new Result.Complete(new Local(), 32));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0016\u0003\u0001",
                "GET / HTTP/1.1\r\n",
                "PROXYTCP4",
                "PROXY \r\n",
                "PROXY\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 51234 443\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 51234 443 \r\n",
                "PROXY TCP4  192.0.2.7 198.51.100.1 51234 443\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 051234 443\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 +1 443\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 65536 443\r\n",
                "PROXY TCP4 192.0.2.300 198.51.100.1 1 443\r\n",
                "PROXY TCP4 ::1 ::1 1 443\r\n",
                "PROXY TCP6 192.0.2.7 198.51.100.1 1 443\r\n",
                "PROXY TCP6 fe80::1%eth0 ::1 1 443\r\n",
                "PROXY TCP6 [::1] ::1 1 443\r\n",
                "PROXY tcp4 192.0.2.7 198.51.100.1 1 443\r\n",
                "PROXY UDP4 192.0.2.7 198.51.100.1 1 443\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 1\r\n",
                "PROXY TCP4 192.0.2.7 198.51.100.1 1 443 5\r\n",
            })
    void shouldRefuseOtherLines(String line) {
        assertThat(text(line)).isInstanceOf(Result.Malformed.class);
    }

    @Test
    void shouldBoundALine() {
        assertThat(text("PROXY UNKNOWN " + "x".repeat(91) + "\r\n")).isInstanceOf(Result.Complete.class);
        assertThat(text("PROXY UNKNOWN " + "x".repeat(92) + "\r\n")).isInstanceOf(Result.Malformed.class);
        assertThat(text("PROXY UNKNOWN " + "x".repeat(92))).isInstanceOf(Result.Incomplete.class);
        assertThat(text("PROXY UNKNOWN " + "x".repeat(93))).isInstanceOf(Result.Malformed.class);
    }

    @Test
    void shouldReadBinaryHeaders() {
        String addresses = "c0000207" + "c6336401" + "c822" + "01bb";
        assertThat(hex(SIGNATURE + "2111000c" + addresses + "ff")).isEqualTo(new Result.Complete(FOUR, 28));
        assertThat(hex(SIGNATURE + "21110012" + addresses + "040003" + "000000"))
                .isEqualTo(new Result.Complete(FOUR, 34));
        String six = "20010db8000000000000000000000007" + "20010db8000000000000000000000001" + "0001" + "ffff";
        assertThat(hex(SIGNATURE + "21210024" + six)).isEqualTo(new Result.Complete(SIX, 52));
        assertThat(hex(SIGNATURE + "20000000")).isEqualTo(new Result.Complete(new Local(), 16));
        assertThat(hex(SIGNATURE + "20110003" + "ffffff")).isEqualTo(new Result.Complete(new Local(), 19));
        assertThat(hex(SIGNATURE + "21000000")).as("unspecified").isEqualTo(new Result.Complete(new Local(), 16));
        assertThat(hex(SIGNATURE + "2112000c" + addresses)).as("UDP").isEqualTo(new Result.Complete(new Local(), 28));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0d0a0d0b",
                SIGNATURE + "11110000", // version 1
                SIGNATURE + "22110000", // a third command
                SIGNATURE + "21410000", // no such family
                SIGNATURE + "21130000", // no such transport
                SIGNATURE + "21110fff", // 4,111 bytes
                SIGNATURE + "2111000b" + "c0000207c6336401c82201", // addresses cut
                SIGNATURE + "2111000e" + "c0000207c6336401c82201bb" + "0400", // a TLV cut
                SIGNATURE + "21110010" + "c0000207c6336401c82201bb" + "04000200", // a value cut
                SIGNATURE + "21110013" + "c0000207c6336401c82201bb" + "03000400000000", // a wrong checksum
                SIGNATURE + "2111000f" + "c0000207c6336401c82201bb" + "030000", // a checksum of no bytes
            })
    void shouldRefuseOtherBinaryHeaders(String header) {
        assertThat(hex(header)).isInstanceOf(Result.Malformed.class);
    }

    @Test
    void shouldReadWhatItWritesByteByByte() {
        for (Proxied header : List.of(FOUR, SIX)) {
            ByteBuf one = Unpooled.buffer();
            ProxyHeaderWriter.version1(header.source(), header.destination(), one);
            ByteBuf two = Unpooled.buffer();
            Tlv ssl = Tlv.ssl(true, List.of(new Tlv(Tlv.Type.SSL_VERSION, "TLSv1.3")));
            ProxyHeaderWriter.version2(
                    header.source(), header.destination(), List.of(new Tlv(Tlv.Type.ALPN, "h2"), ssl), two);
            for (ByteBuf written : List.of(one, two)) {
                for (int i = 0; i < written.readableBytes(); i++) {
                    assertThat(ProxyHeaderReader.read(written.slice(0, i))).isInstanceOf(Result.Incomplete.class);
                }
                assertThat(ProxyHeaderReader.read(written))
                        .isEqualTo(new Result.Complete(header, written.readableBytes()));
            }
            two.setByte(40, two.getByte(40) ^ 1);
            assertThat(ProxyHeaderReader.read(two)).isInstanceOf(Result.Malformed.class);
        }
    }

    @Test
    void shouldNameNoAddressesOfTwoFamilies() {
        ByteBuf out = Unpooled.buffer();
        ProxyHeaderWriter.version2(FOUR.source(), SIX.destination(), List.of(), out);
        assertThat(ProxyHeaderReader.read(out)).isEqualTo(new Result.Complete(new Local(), out.readableBytes()));
        out.clear();
        ProxyHeaderWriter.version1(FOUR.source(), SIX.destination(), out);
        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("PROXY UNKNOWN\r\n");
    }
}
