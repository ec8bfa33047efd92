package io.offramp.offload.device.hardware.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.device.hardware.packet.HeaderWriter;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToeplitzTest {
    /** "Verifying the RSS Hash Calculation", Microsoft: those with TCP. */
    @ParameterizedTest
    @CsvSource({
        "66.9.149.187, 2794, 161.142.100.80, 1766, 51ccc178",
        "199.92.111.2, 14230, 65.69.140.83, 4739, c626b0ea",
        "24.19.198.95, 12898, 12.22.207.184, 38024, 5c2b394a",
        "38.27.205.30, 48228, 209.142.163.6, 2217, afc7327f",
        "153.39.163.191, 44251, 202.188.127.2, 1303, 10e828a2",
        "3ffe:2501:200:1fff::7, 2794, 3ffe:2501:200:3::1, 1766, 40207d3d",
        "3ffe:501:8::260:97ff:fe40:efab, 14230, ff02::1, 4739, dde51bbf",
        "3ffe:1900:4545:3:200:f8ff:fe21:67cf, 44251, fe80::200:f8ff:fe21:67cf, 38024, 02d1feef",
    })
    void shouldHashAsPublished(String source, int sourcePort, String destination, int port, String hash) {
        FlowKey flow = flow(new InetSocketAddress(source, sourcePort), new InetSocketAddress(destination, port));

        assertThat(Toeplitz.DEFAULT.hash(flow)).isEqualTo(Integer.parseUnsignedInt(hash, 16));
    }

    @Test
    void shouldRefuseAKeyOfAnotherLength() {
        assertThatThrownBy(() -> new Toeplitz(new byte[39])).hasMessage("key has 39 bytes, expected 40");
    }

    @Test
    void shouldSpreadTheTableEvenlyAndAgain() {
        Rqt rqt = new Rqt(3);
        assertThat(rqt.queueOf(0)).isZero();
        assertThat(rqt.queueOf(127)).isEqualTo(127 % 3);
        assertThat(rqt.queueOf(-1)).as("the low bits").isEqualTo(127 % 3);

        rqt.spreadOver(1);
        assertThat(rqt.queueOf(127)).isZero();
    }

    static FlowKey flow(InetSocketAddress source, InetSocketAddress destination) {
        ByteBuf header = Unpooled.buffer(PacketHeader.IPV6_BYTES);
        HeaderWriter.write(header, source, destination);
        return new FlowKey().read(header, 0);
    }
}
