package io.offramp.offload.device.hardware.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The checksums against ones that are written down as RFC 1071 has them, and against sums done by hand. */
class ChecksumsTest {
    private static final String V4 = "192.0.2.1";
    private static final String V6 = "2001:db8::1";

    private final ByteBuf header = Unpooled.buffer(PacketHeader.MAX_BYTES);

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void shouldBeTheOnesComplementSumOfPseudoHeaderHeaderAndPayload(String address) {
        Random random = new Random(7);
        int headerBytes = header(address);
        for (int bytes = 0; bytes < 300; bytes++) {
            byte[] payload = new byte[bytes];
            random.nextBytes(payload);
            PacketHeader.tcpSequence(header, 0, random.nextInt());

            int checksum = write(headerBytes, payload);

            assertThat(checksum).as("%d bytes", bytes).isEqualTo(reference(headerBytes, payload));
            assertThat(verify(headerBytes, payload)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void shouldSumTheLargestPacket(String address) {
        int headerBytes = header(address);
        byte[] payload = new byte[PacketHeader.MAX_PAYLOAD_BYTES];
        Arrays.fill(payload, (byte) 0xff);

        assertThat(write(headerBytes, payload)).isEqualTo(reference(headerBytes, payload));
        assertThat(verify(headerBytes, payload)).isTrue();
    }

    /**
     * The numbers of RFC 1071 §3, as payload: with and without them, the sums differ by the 0xddf2 that it computes.
     */
    @Test
    void shouldAddUpTheExampleOfRfc1071() {
        int headerBytes = header(V4);
        byte[] example = HexFormat.of().parseHex("0001f203f4f5f6f7");
        int with = ~write(headerBytes, example) & 0xffff;
        int without = ~write(headerBytes, new byte[example.length]) & 0xffff;

        assertThat((with - without + 0xffff) % 0xffff).isEqualTo(0xddf2);
    }

    /**
     * Summed by hand: c000+0201+c633+6407 + 0006+0023 + 01bb+c350+dead+beef+8010+ffff+0101+080a+6162+6300 = 6 9c87,
     * folded 9c8d; 4500+0037+4000+4006+c000+0201+c633+6407 = 2 b178, folded b17a.
     */
    @Test
    void shouldAgreeWithASumDoneByHand() {
        int headerBytes = HeaderWriter.write(
                header, new InetSocketAddress(V4, 443), new InetSocketAddress("198.51.100.7", 50_000));
        PacketHeader.tcpSequence(header, 0, 0xdead_beef);

        assertThat(write(headerBytes, "abc".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(~0x9c8d & 0xffff);
        assertThat(header.getUnsignedShort(24)).isEqualTo(~0xb17a & 0xffff);
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void shouldNoticeEveryFlippedBit(String address) {
        int headerBytes = header(address);
        byte[] payload = {1, 2, 3, 4, 5};
        write(headerBytes, payload);

        for (int bit = 0; bit < payload.length * 8; bit++) {
            payload[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(verify(headerBytes, payload)).as("bit %d", bit).isFalse();
            payload[bit / 8] ^= (byte) (1 << bit % 8);
        }
        PacketHeader.tcpSequence(header, 0, 1);
        assertThat(verify(headerBytes, payload)).as("another sequence").isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {V4, V6})
    void shouldNoticeAFlippedBitOfEveryHeaderThatIsSummed(String address) {
        int headerBytes = header(address);
        byte[] payload = {1, 2, 3, 4, 5};
        write(headerBytes, payload);
        boolean isIpv6 = headerBytes == PacketHeader.IPV6_BYTES;

        for (int at = PacketHeader.ETHERNET_BYTES; at < headerBytes; at++) {
            // Of IPv6 alone length and addresses are looked at; nobody sums flow label and hops.
            boolean isSummed = !isIpv6 || at >= 22 || at == 18 || at == 19;
            // A header of another length or version is no header.
            boolean isLayout = at == 14 || at == PacketHeader.tcp(header, 0) + PacketHeader.TCP_OFFSET;
            if (isSummed && !isLayout) {
                header.setByte(at, header.getByte(at) ^ 4);
                assertThat(verify(headerBytes, payload)).as("byte %d", at).isFalse();
                header.setByte(at, header.getByte(at) ^ 4);
            }
        }
        assertThat(verify(headerBytes, payload)).isTrue();
    }

    /** In UDP 0 says that there is none; in TCP it is a sum like any other (RFC 9293 §3.1). */
    @Test
    void shouldTakeZeroForAChecksumLikeAnyOther() {
        int headerBytes = header(V4);
        byte[] payload = new byte[2];
        int sum = ~write(headerBytes, payload) & 0xffff;
        // Brings the sum to 0xffff, of which the complement is 0.
        int rest = 0xffff - sum;
        payload[0] = (byte) (rest >> 8);
        payload[1] = (byte) rest;

        assertThat(write(headerBytes, payload)).isZero();
        assertThat(verify(headerBytes, payload)).isTrue();
        assertThat(verify(headerBytes, new byte[] {9, 9})).as("another payload").isFalse();
    }

    private int header(String address) {
        int bytes =
                HeaderWriter.write(header, new InetSocketAddress(address, 443), new InetSocketAddress(address, 50_001));
        PacketHeader.timestamps(header, 0, 0x0102_0304, 0x0506_0708);
        return bytes;
    }

    private int write(int headerBytes, byte[] payload) {
        ByteBuf wire = Unpooled.buffer(payload.length + 3).writeZero(3).writeBytes(payload);
        PacketHeader.payloadBytes(header, 0, headerBytes, payload.length);
        Checksums.write(header, headerBytes, wire, 3, payload.length);
        return header.getUnsignedShort(PacketHeader.tcp(header, 0) + PacketHeader.TCP_CHECKSUM);
    }

    private boolean verify(int headerBytes, byte[] payload) {
        return Checksums.verify(header, headerBytes, Unpooled.wrappedBuffer(payload), 0, payload.length);
    }

    /** RFC 1071 §1 word for word, over a pseudo header that is laid out (RFC 9293 §3.1, RFC 8200 §8.1). */
    private int reference(int headerBytes, byte[] payload) {
        byte[] bytes = ByteBufUtil.getBytes(header, 0, headerBytes);
        boolean isIpv6 = headerBytes == PacketHeader.IPV6_BYTES;
        int tcp = headerBytes - 32;
        ByteBuf all = Unpooled.buffer();
        all.writeBytes(bytes, isIpv6 ? 22 : 26, isIpv6 ? 32 : 8);
        if (isIpv6) {
            all.writeInt(32 + payload.length).writeInt(6);
        } else {
            all.writeShort(6).writeShort(32 + payload.length);
        }
        all.writeBytes(bytes, tcp, PacketHeader.TCP_CHECKSUM)
                .writeShort(0)
                .writeBytes(bytes, tcp + 18, 14)
                .writeBytes(payload);
        if (payload.length % 2 == 1) {
            all.writeByte(0);
        }
        byte[] words = ByteBufUtil.getBytes(all);
        int sum = 0;
        for (int i = 0; i < words.length; i += 2) {
            sum += (words[i] & 0xff) << 8 | words[i + 1] & 0xff;
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }
}
