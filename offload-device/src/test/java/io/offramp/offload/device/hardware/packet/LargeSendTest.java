package io.offramp.offload.device.hardware.packet;

import static io.offramp.offload.device.hardware.packet.PacketHeader.ACK;
import static io.offramp.offload.device.hardware.packet.PacketHeader.CWR;
import static io.offramp.offload.device.hardware.packet.PacketHeader.FIN;
import static io.offramp.offload.device.hardware.packet.PacketHeader.PSH;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers of the packets that a large send becomes. */
class LargeSendTest {
    private static final int MSS = 100;

    private final ByteBuf header = Unpooled.buffer(PacketHeader.MAX_BYTES);
    private final ByteBuf payload = Unpooled.buffer(250).writeZero(250);
    private final LargeSend packets = new LargeSend();

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "2001:db8::1"})
    void shouldMakeRightHeadersForEachPacket(String address) {
        boolean isIpv6 = start(address, CWR | ACK | PSH | FIN);
        int[] flags = {CWR | ACK, ACK, ACK | PSH | FIN};

        for (int i = 0; i < 3; i++) {
            int bytes = i < 2 ? MSS : 50;
            ByteBuf made = packets.next(payload, i * MSS, bytes, i == 2);

            assertThat(PacketHeader.flags(made, 0)).as("flags of %d", i).isEqualTo(flags[i]);
            assertThat(PacketHeader.tcpSequence(made, 0))
                    .as("sequence of %d", i)
                    .isEqualTo(-150 + i * MSS);
            assertThat(PacketHeader.identification(made, 0))
                    .as("identification of %d", i)
                    .isEqualTo(isIpv6 ? 0 : 0xffff + i & 0xffff);
            assertThat(PacketHeader.timestamp(made, 0)).isEqualTo(7);
            assertThat(PacketHeader.acknowledgment(made, 0)).isEqualTo(11);
            assertThat(Checksums.verify(made, packets.headerBytes(), payload, i * MSS, bytes))
                    .as("checksums and length of %d", i)
                    .isTrue();
        }
    }

    @Test
    void shouldLeaveTheOnlyPacketAllFlags() {
        start("192.0.2.1", CWR | ACK | PSH | FIN);

        assertThat(PacketHeader.flags(packets.next(payload, 0, 250, true), 0)).isEqualTo(CWR | ACK | PSH | FIN);
    }

    @Test
    void shouldLeaveTheHeaderOfTheWqeAsItIs() {
        start("192.0.2.1", ACK | PSH);
        ByteBuf before = header.copy();

        packets.next(payload, 0, 250, false);

        assertThat(header).isEqualTo(before);
    }

    private boolean start(String address, int flags) {
        int bytes = HeaderWriter.write(header, new InetSocketAddress(address, 443), new InetSocketAddress(address, 5));
        PacketHeader.tcpSequence(header, 0, -150);
        PacketHeader.identification(header, 0, 0xffff);
        PacketHeader.timestamps(header, 0, 7, 9);
        PacketHeader.acknowledgment(header, 0, 11);
        PacketHeader.flags(header, 0, flags);
        packets.start(header, 0, bytes);
        return PacketHeader.isIpv6(header, 0);
    }
}
