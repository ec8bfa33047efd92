package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.DeclineReason;
import io.offramp.offload.InstallResult;
import io.offramp.offload.RecordMode;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.CollectingRxSink;
import io.offramp.offload.tck.CollectingTxSink;
import io.offramp.offload.tck.SessionFixtures;
import org.junit.jupiter.api.Test;

/** The features of {@code ethtool -K} are for new connections only. */
class FeaturesTest {
    @Test
    void shouldDeclineADirectionWhoseFeatureIsOffAndSayWhich() {
        try (DeviceFixture fixture = new DeviceFixture("tls-hw-rx-offload", "off")) {
            assertThat(rx(fixture))
                    .isEqualTo(new InstallResult.Declined<>(DeclineReason.DIRECTION, "tls-hw-rx-offload is off"));
            assertThat(fixture.device().capabilities().directions()).containsExactly(Direction.TX);
            assertThat(fixture.sessions()
                            .tx(DeviceFixture.TLS_1_3, 0)
                            .session()
                            .info()
                            .mode())
                    .isEqualTo(RecordMode.HW);
        }
        try (DeviceFixture fixture = new DeviceFixture("tls-hw-tx-offload", "off")) {
            assertThat(tx(fixture))
                    .isEqualTo(new InstallResult.Declined<>(DeclineReason.DIRECTION, "tls-hw-tx-offload is off"));
            fixture.sessions().rx(DeviceFixture.TLS_1_3, 0);
        }
    }

    @Test
    void shouldKeepLiveSessionsOnTheDeviceWhenTheirFeatureIsTurnedOff() {
        try (DeviceFixture fixture = new DeviceFixture()) {
            SessionFixtures.Tx live = fixture.sessions().tx(DeviceFixture.TLS_1_3, 0);

            fixture.device().features().set(Direction.TX, false);
            live.session().seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(new byte[100]), 16_384);

            assertThat(live.session().info().mode()).isEqualTo(RecordMode.HW);
            assertThat(fixture.counter("tx_tls_encrypted_packets")).isEqualTo(1);
            assertThat(tx(fixture)).isInstanceOf(InstallResult.Declined.class);

            fixture.device().features().set(Direction.TX, true);
            fixture.sessions().tx(DeviceFixture.TLS_1_3, 0);
        }
    }

    private static InstallResult<?> tx(DeviceFixture fixture) {
        return fixture.device()
                .installTx(
                        fixture.sessions().target(),
                        fixture.sessions().keys(DeviceFixture.TLS_1_3, 0),
                        RecordBoundary.start(Direction.TX),
                        new CollectingTxSink());
    }

    private static InstallResult<?> rx(DeviceFixture fixture) {
        return fixture.device()
                .installRx(
                        fixture.sessions().target(),
                        fixture.sessions().keys(DeviceFixture.TLS_1_3, 0),
                        RecordBoundary.start(Direction.RX),
                        new CollectingRxSink());
    }
}
