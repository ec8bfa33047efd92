package io.offramp.offload.device;

import static io.offramp.offload.device.DeviceFixture.TLS_1_3;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.hardware.packet.Checksums;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.tck.SessionFixtures;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packets of a session where no wire of the model is between: they are as long as the MTU has it now. */
class DeviceMtuTest {
    private static final int MAX = 16_384;
    private static final int HEADER_BYTES = PacketHeader.IPV4_BYTES - PacketHeader.ETHERNET_BYTES;

    @Test
    void shouldCutPacketsAsTheMtuHasItAlsoWhenItChangesOnALiveSession() {
        try (DeviceFixture fixture = new DeviceFixture("mtu", "9000")) {
            SessionFixtures.Tx tx = fixture.sessions().tx(TLS_1_3, 0);
            List<Integer> lengths = watch(fixture);
            byte[] content = fixture.sessions().content(100_000);

            for (int mtu : new int[] {9_000, 1_500, 576, 9_000}) {
                fixture.device().nic().setMtu(mtu);
                long before = fixture.counter("tx_tls_encrypted_packets");
                lengths.clear();

                tx.session()
                        .seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(content), MAX);
                fixture.sessions().settle();

                assertThat(lengths.stream().mapToInt(bytes -> bytes).max())
                        .as("at %d", mtu)
                        .hasValue(mtu);
                assertThat(lengths.stream()
                                .mapToInt(bytes -> bytes - HEADER_BYTES)
                                .sum())
                        .isEqualTo(100_000 + 7 * (5 + 1 + 16));
                assertThat(fixture.counter("tx_tls_encrypted_packets") - before)
                        .as("packets that exist, at %d", mtu)
                        .isEqualTo(lengths.size());
            }

            assertThat(fixture.counter("tx_cqe_err")).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mss=9000", "mss=1448", "mss=500"})
    void shouldHaveRoomForTheMssOfAWire(String faults) {
        DeviceSettings settings = DeviceState.settings("faults", faults);

        assertThat(settings.mtu()).isEqualTo(faults.equals("mss=9000") ? 9_072 : 1_500);
    }

    /** Length of each packet from the IP header on, by which each of them must be whole. */
    private static List<Integer> watch(DeviceFixture fixture) {
        List<Integer> lengths = new ArrayList<>();
        DeviceChannel channel = requireNonNull(fixture.device().driver().channel());
        channel.egress((header, headerBytes, payload, index, bytes) -> {
            assertThat(Checksums.verify(header, headerBytes, payload, index, bytes))
                    .isTrue();
            lengths.add(PacketHeader.ipBytes(header, 0));
        });
        return lengths;
    }
}
