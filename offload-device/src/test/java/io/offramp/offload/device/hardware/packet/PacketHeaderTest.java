package io.offramp.offload.device.hardware.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class PacketHeaderTest {
    private static final InetSocketAddress V4 = new InetSocketAddress("192.0.2.1", 443);
    private static final InetSocketAddress V4_PEER = new InetSocketAddress("198.51.100.7", 50_000);
    private static final InetSocketAddress V6 = new InetSocketAddress("2001:db8::1", 443);
    private static final InetSocketAddress V6_PEER = new InetSocketAddress("2001:db8::2", 50_000);

    private static final String TCP =
            "01bbc350" + "deadbeef" + "cafef00d" + "8018ffff" + "00000000" + "0101080a" + "00000007" + "00000009";

    private final ByteBuf header = Unpooled.buffer(PacketHeader.MAX_BYTES);

    @Test
    void shouldLayOutIpv4AndTcp() {
        int bytes = HeaderWriter.write(header, V4, V4_PEER);
        fillIn(bytes);

        assertThat(bytes).isEqualTo(PacketHeader.IPV4_BYTES);
        assertThat(ByteBufUtil.hexDump(header, 0, bytes))
                .isEqualTo("0200c6336407" + "0200c0000201" + "0800" + "450003e8" + "12344000" + "40060000" + "c0000201"
                        + "c6336407" + TCP);
        expectValidAndFilledIn(bytes);
        assertThat(PacketHeader.identification(header, 0)).isEqualTo(0x1234);
    }

    @Test
    void shouldLayOutIpv6AndTcp() {
        int bytes = HeaderWriter.write(header, V6, V6_PEER);
        fillIn(bytes);

        assertThat(bytes).isEqualTo(PacketHeader.IPV6_BYTES);
        assertThat(ByteBufUtil.hexDump(header, 0, bytes))
                .isEqualTo("020000000002" + "020000000001" + "86dd" + "60000000" + "03d40640"
                        + "20010db8000000000000000000000001" + "20010db8000000000000000000000002" + TCP);
        expectValidAndFilledIn(bytes);
        assertThat(PacketHeader.identification(header, 0)).as("there is none").isZero();
    }

    private void fillIn(int bytes) {
        PacketHeader.payloadBytes(header, 0, bytes, 948);
        PacketHeader.identification(header, 0, 0x1_1234);
        PacketHeader.tcpSequence(header, 0, 0xdead_beef);
        PacketHeader.acknowledgment(header, 0, 0xcafe_f00d);
        PacketHeader.flags(header, 0, PacketHeader.ACK | PacketHeader.PSH);
        PacketHeader.timestamps(header, 0, 7, 9);
    }

    private void expectValidAndFilledIn(int bytes) {
        assertThat(PacketHeader.isValid(header, 0, bytes)).isTrue();
        assertThat(PacketHeader.ipBytes(header, 0)).isEqualTo(bytes - PacketHeader.ETHERNET_BYTES + 948);
        assertThat(PacketHeader.tcpSequence(header, 0)).isEqualTo(0xdead_beef);
        assertThat(PacketHeader.acknowledgment(header, 0)).isEqualTo(0xcafe_f00d);
        assertThat(PacketHeader.flags(header, 0)).isEqualTo(0x18);
        assertThat(PacketHeader.timestamp(header, 0)).isEqualTo(7);
        assertThat(PacketHeader.sourcePort(header, 0)).isEqualTo(443);
    }

    /** The kernel's convention for large sends, whose packets get their lengths from the device. */
    @Test
    void shouldShowNoLengthWhereItDoesNotFit() {
        int bytes = HeaderWriter.write(header, V4, V4_PEER);
        PacketHeader.payloadBytes(header, 0, bytes, PacketHeader.MAX_PAYLOAD_BYTES);
        assertThat(PacketHeader.ipBytes(header, 0)).isEqualTo(0xffff);

        PacketHeader.payloadBytes(header, 0, bytes, PacketHeader.MAX_PAYLOAD_BYTES + 1);

        assertThat(PacketHeader.ipBytes(header, 0)).isZero();
    }

    /** Options are the sender's affair: the device finds TCP behind IPv4 options, and takes TCP without timestamps. */
    @Test
    void shouldFindTcpBehindOptionsAndWithoutAny() {
        int bytes = HeaderWriter.write(header, V4, V4_PEER);
        header.setByte(46, 0x50);
        assertThat(PacketHeader.isValid(header, 0, 54)).as("no TCP options").isTrue();
        assertThat(PacketHeader.isValid(header, 0, bytes)).as("bytes behind it").isFalse();

        header.setByte(14, 0x46);
        header.setByte(50, 0x50);
        header.setShort(38, 4711);
        assertThat(PacketHeader.isValid(header, 0, 58))
                .as("4 bytes of IPv4 options")
                .isTrue();
        assertThat(PacketHeader.sourcePort(header, 0)).isEqualTo(4711);
    }

    @Test
    void shouldRefuseWhatIsNotTcpOverIp() {
        int bytes = HeaderWriter.write(header, V4, V4_PEER);

        assertThat(PacketHeader.isValid(header, 0, PacketHeader.IPV6_BYTES)).isFalse();
        assertThat(PacketHeader.isValid(header, 0, 0)).isFalse();
        header.setByte(12, 9);
        assertThat(PacketHeader.isValid(header, 0, bytes)).as("not IP").isFalse();
        header.setByte(12, 8);
        assertThat(PacketHeader.isValid(header, 0, bytes)).isTrue();
        header.setByte(PacketHeader.ETHERNET_BYTES + 9, 17);
        assertThat(PacketHeader.isValid(header, 0, bytes)).isFalse();
    }

    @Test
    void shouldRefuseAddressesThatDoNotFit() {
        assertThatThrownBy(() -> HeaderWriter.write(header, V4, V6)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HeaderWriter.write(header, V4, InetSocketAddress.createUnresolved("peer.test", 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldTellFlowsApart() {
        FlowKey flow = key(V4, V4_PEER);

        assertThat(flow).isEqualTo(key(V4, V4_PEER)).hasSameHashCodeAs(key(V4, V4_PEER));
        assertThat(flow)
                .isNotEqualTo(key(V4_PEER, V4))
                .isNotEqualTo(key(V4, new InetSocketAddress("198.51.100.7", 50_001)))
                .isNotEqualTo(key(V4, new InetSocketAddress("198.51.100.8", 50_000)))
                .isNotEqualTo(key(V6, V6_PEER));
        assertThat(key(V6, V6_PEER).isIpv6()).isTrue();
        assertThat(flow.isIpv6()).isFalse();
    }

    private FlowKey key(InetSocketAddress source, InetSocketAddress destination) {
        HeaderWriter.write(header, source, destination);
        return new FlowKey().read(header, 0);
    }
}
