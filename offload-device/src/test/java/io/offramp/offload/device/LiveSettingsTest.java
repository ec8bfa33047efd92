package io.offramp.offload.device;

import static io.offramp.offload.device.DeviceFixture.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.InstallResult;
import io.offramp.offload.LiveSetting;
import io.offramp.offload.RecordMode;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.CollectingRxSink;
import io.offramp.offload.tck.SessionFixtures;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings that change while connections are open. */
class LiveSettingsTest {
    private static final byte[] CONTENT = new byte[1_000];

    @Test
    void shouldTurnAFeatureOffForNewConnectionsOnly() {
        try (DeviceFixture fixture = new DeviceFixture()) {
            SessionFixtures.Rx open = fixture.sessions().rx(TLS_1_3, 0);

            setting(fixture, "tls-hw-rx-offload").change("off");

            assertThat(setting(fixture, "tls-hw-rx-offload").value()).isEqualTo("off");
            assertThat(install(fixture)).isInstanceOf(InstallResult.Declined.class);
            fixture.sessions().receive(open, open.peer().seal(23, CONTENT));
            assertThat(open.session().info().mode()).isEqualTo(RecordMode.HW);
            assertThat(fixture.counter("rx_tls_decrypted_packets")).isEqualTo(1);

            setting(fixture, "tls-hw-rx-offload").change("on");
            fixture.sessions().rx(TLS_1_3, 0);
        }
    }

    @Test
    void shouldChangeTheNumberOfReceiveQueuesUnderOpenConnections() {
        try (DeviceFixture fixture = new DeviceFixture("rqs", "64")) {
            SessionFixtures.Rx open = fixture.sessions().rx(TLS_1_3, 0);
            DeviceChannel channel =
                    Objects.requireNonNull(fixture.device().driver().channel());

            setting(fixture, "rqs").change("1");
            fixture.sessions().settle();

            assertThat(setting(fixture, "rqs").value()).isEqualTo("1");
            assertThat(channel.receiveQueueList()).hasSize(1);
            fixture.sessions().receive(open, open.peer().seal(23, CONTENT));
            assertThat(open.sink().data()).isEqualTo(CONTENT);
            assertThat(open.session().info().mode()).isEqualTo(RecordMode.HW);
        }
    }

    @Test
    void shouldGiveEventLoopsThatBeginLaterTheNewNumberOfReceiveQueues() {
        try (DeviceFixture fixture = new DeviceFixture()) {
            setting(fixture, "rqs").change("3");

            fixture.sessions().rx(TLS_1_3, 0);

            assertThat(Objects.requireNonNull(fixture.device().driver().channel())
                            .receiveQueueList())
                    .hasSize(3);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "tls-hw-tx-offload, maybe, 'must be on or off, is maybe'",
        "tls-hw-rx-offload, on, 'fixed off: the device has no tls_rx (profile connectx-6dx)'",
        "lro, yes, 'must be on or off, is yes'",
        "rqs, 0, 'must be 1 to 64, is 0'",
        "rqs, 65, 'must be 1 to 64, is 65'",
        "rqs, many, 'must be 1 to 64, is many'",
        "rqs, '', 'must be 1 to 64, is '"
    })
    void shouldRefuseAValueAndKeepTheOneBefore(String name, String value, String reason) {
        try (DeviceFixture fixture = new DeviceFixture("caps", "tls_tx tls_1_3_aes_gcm_128", "rqs", "2")) {
            String before = setting(fixture, name).value();

            assertThatThrownBy(() -> setting(fixture, name).change(value))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(name + ": " + reason);

            assertThat(setting(fixture, name).value()).isEqualTo(before);
        }
    }

    @Test
    void shouldListTheSettingsThatCanChange() {
        try (DeviceFixture fixture = new DeviceFixture("tls-hw-rx-offload", "off", "rqs", "4")) {
            assertThat(Objects.requireNonNull(fixture.device().reports().get("settings"))
                            .get())
                    .isEqualTo("tls-hw-tx-offload: on\ntls-hw-rx-offload: off\nrqs: 4\nlro: off\n");
        }
    }

    private static LiveSetting setting(DeviceFixture fixture, String name) {
        return Objects.requireNonNull(fixture.device().liveSettings().get(name));
    }

    private static InstallResult<?> install(DeviceFixture fixture) {
        return fixture.device()
                .installRx(
                        fixture.sessions().target(),
                        fixture.sessions().keys(TLS_1_3, 0),
                        RecordBoundary.start(Direction.RX),
                        new CollectingRxSink());
    }
}
