package io.offramp.offload.device;

import static io.offramp.offload.device.DeviceFixture.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.LiveSetting;
import io.offramp.offload.RecordMode;
import io.offramp.offload.tck.SessionFixtures;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LRO under sessions: fewer completions, the same bytes. */
class DeviceMergingTest {
    @Test
    void shouldMergeThePacketsOfAFlowThatTheDeviceDecrypts() {
        try (DeviceFixture fixture = new DeviceFixture("faults", "seed=1 mss=500", "lro", "on")) {
            byte[] content = fixture.sessions().content(100_000);
            SessionFixtures.Rx rx = fixture.sessions().rx(TLS_1_3, 0);

            fixture.sessions().receive(rx, rx.peer().sealAll(23, content, 4_000));

            assertThat(rx.sink().data()).isEqualTo(content);
            assertThat(statistic(fixture, "rx0_packets")).as("on the wire").isGreaterThan(200);
            assertThat(statistic(fixture, "rx0_lro_packets")).isPositive();
            assertThat(statistic(fixture, "rx0_lro_bytes")).isGreaterThan(90_000);
            assertThat(fixture.counter("rx_tls_decrypted_packets"))
                    .as("merged")
                    .isBetween(4L, statistic(fixture, "rx0_packets") / 2);
            assertThat(fixture.counter("rx_tls_decrypted_bytes")).isGreaterThan(100_000);
            assertThat(fixture.counter("rx_tls_sw_records")).isZero();
        }
    }

    @Test
    void shouldMergeNothingUnlessItIsTurnedOn() {
        try (DeviceFixture fixture = new DeviceFixture("faults", "seed=1 mss=500")) {
            SessionFixtures.Rx rx = fixture.sessions().rx(TLS_1_3, 0);

            fixture.sessions().receive(rx, rx.peer().sealAll(23, new byte[100_000], 4_000));

            assertThat(statistic(fixture, "rx0_lro_packets")).isZero();
            assertThat(fixture.counter("rx_tls_decrypted_packets")).isGreaterThan(200);
        }
    }

    @Test
    void shouldBeTurnedOnAndOffUnderAnOpenConnection() {
        try (DeviceFixture fixture = new DeviceFixture("faults", "seed=1 mss=500", "lro-bytes", "2000")) {
            byte[] content = fixture.sessions().content(100_000);
            SessionFixtures.Rx rx = fixture.sessions().rx(TLS_1_3, 0);
            LiveSetting lro =
                    Objects.requireNonNull(fixture.device().liveSettings().get("lro"));

            lro.change("on");
            fixture.sessions().receive(rx, rx.peer().sealAll(23, content, 4_000));
            long merged = statistic(fixture, "rx0_lro_packets");
            lro.change("off");
            fixture.sessions().receive(rx, rx.peer().sealAll(23, content, 4_000));

            assertThat(merged).as("made of up to four of 500 bytes").isBetween(50L, 100L);
            assertThat(statistic(fixture, "rx0_lro_packets")).isEqualTo(merged);
            assertThat(rx.sink().data())
                    .hasSize(2 * content.length)
                    .startsWith(content)
                    .endsWith(content);
            assertThat(lro.value()).isEqualTo("off");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "loss=2% reorder=2% mss=536",
                "loss=1% duplicate=5% corrupt=2% retransmit=10% resegment=30% ack-lag=20% mss=536",
                "move=3% resize=3% rq-error=2% loss=1% mss=500 sequence=4294900000"
            })
    void shouldCarryEveryByteOverAWireWithFaults(String wire) {
        try (DeviceFixture fixture =
                new DeviceFixture("faults", "seed=7 " + wire, "lro", "on", "lro-bytes", "9000", "rqs", "4")) {
            byte[] content = fixture.sessions().content(400_000);
            SessionFixtures.Rx rx = fixture.sessions().rx(TLS_1_3, 0);

            fixture.sessions().receive(rx, rx.peer().sealAll(23, content, 3_000));

            assertThat(rx.sink().data()).isEqualTo(content);
            assertThat(rx.sink().faults()).isEmpty();
            assertThat(rx.session().info().mode()).isEqualTo(RecordMode.HW);
            assertThat(fixture.counter("rx_tls_decrypted_bytes")).isGreaterThan(100_000);
        }
    }

    private static long statistic(DeviceFixture fixture, String name) {
        return fixture.device().driver().queueStatistics().getOrDefault(name, -1L);
    }
}
