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

    private final ByteBuf header = Unpooled.buffer(64);

    @Test
    void shouldLayOutIpv4AndTcp() {
        int bytes = PacketHeader.write(header, V4, V4_PEER);
        PacketHeader.tcpSequence(header, 0, bytes, 0xdead_beef);

        assertThat(ByteBufUtil.hexDump(header, 0, bytes))
                .isEqualTo("45000000" + "00000000" + "40060000" + "c0000201" + "c6336407" + "01bbc350" + "deadbeef"
                        + "00000000" + "50100000" + "00000000");
        assertThat(PacketHeader.isValid(header, 0, bytes)).isTrue();
        assertThat(PacketHeader.tcpSequence(header, 0, bytes)).isEqualTo(0xdead_beef);
    }

    @Test
    void shouldLayOutIpv6AndTcp() {
        int bytes = PacketHeader.write(header, V6, V6_PEER);
        PacketHeader.tcpSequence(header, 0, bytes, -1);

        assertThat(bytes).isEqualTo(PacketHeader.IPV6_BYTES);
        assertThat(ByteBufUtil.hexDump(header, 0, bytes))
                .isEqualTo("60000000" + "00000640" + "20010db8000000000000000000000001"
                        + "20010db8000000000000000000000002" + "01bbc350" + "ffffffff" + "00000000" + "50100000"
                        + "00000000");
        assertThat(PacketHeader.isValid(header, 0, bytes)).isTrue();
    }

    @Test
    void shouldRefuseWhatIsNotTcpOverIp() {
        int bytes = PacketHeader.write(header, V4, V4_PEER);

        assertThat(PacketHeader.isValid(header, 0, PacketHeader.IPV6_BYTES)).isFalse();
        assertThat(PacketHeader.isValid(header, 0, 0)).isFalse();
        header.setByte(9, 17);
        assertThat(PacketHeader.isValid(header, 0, bytes)).isFalse();
    }

    @Test
    void shouldRefuseAddressesThatDoNotFit() {
        assertThatThrownBy(() -> PacketHeader.write(header, V4, V6)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PacketHeader.write(header, V4, InetSocketAddress.createUnresolved("peer.test", 1)))
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
        int bytes = PacketHeader.write(header, source, destination);
        return new FlowKey().read(header, 0, bytes);
    }
}
