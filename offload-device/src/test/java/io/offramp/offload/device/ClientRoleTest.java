package io.offramp.offload.device;

import static io.offramp.offload.device.DeviceFixture.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.RecordMode;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.offload.tck.SessionFixtures;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections in which we are the TLS client: the peer is at the known port, and the keys are the other way round. */
class ClientRoleTest {
    private static final int MAX = 16_384;

    @ParameterizedTest
    @ValueSource(strings = {"async", "hint"})
    void shouldRegainLostPositionsAndTakeNewKeys(String resync) {
        try (DeviceFixture fixture = new DeviceFixture(
                        "faults", "seed=5 loss=3% reorder=3% retransmit=5% ack-lag=10% mss=900", "resync", resync);
                SessionFixtures client = sessions(fixture, SessionFixtures.client(45_690))) {
            SessionFixtures.Tx tx = client.tx(TLS_1_3, 0);
            SessionFixtures.Rx rx = client.rx(TLS_1_3, 0);
            byte[] request = client.content(150_000);
            byte[] answer = client.content(150_000);
            tx.session().seal(ContentType.APPLICATION_DATA, client.buffer(request), MAX);
            client.receive(rx, rx.peer().sealAll(23, answer, 3_000));
            assertThat(tx.sink().wire()).isEqualTo(tx.expected().sealAll(23, request, MAX));
            assertThat(rx.sink().data()).isEqualTo(answer);

            TrafficKeys next = client.keys(TLS_1_3, 0);
            rx.session().rekey(client.boundaryOf(rx.session()), next.copyAt(0));
            client.receive(rx, new ReferenceRecords(next).sealAll(23, answer, 3_000));
            next.destroy();

            assertThat(Arrays.copyOfRange(rx.sink().data(), answer.length, 2 * answer.length))
                    .isEqualTo(answer);
            assertThat(fixture.counter("tx_tls_ooo")).isPositive();
            assertThat(fixture.counter("tls_rx_device_resync")).isPositive();
            assertThat(fixture.counter("rx_tls_decrypted_packets")).isGreaterThan(50);
            assertThat(tx.session().info().mode()).isEqualTo(RecordMode.HW);
            assertThat(rx.session().info().mode()).isEqualTo(RecordMode.HW);
        }
    }

    /** The client's end and the server's of one connection: two flows, told apart by who is at which port. */
    @Test
    void shouldLeadThePacketsOfBothEndsToTheirOwnContexts() {
        FiveTuple there = SessionFixtures.client(45_691);
        try (DeviceFixture fixture = new DeviceFixture();
                SessionFixtures client = sessions(fixture, there);
                SessionFixtures server = sessions(fixture, new FiveTuple(there.remote(), there.local()))) {
            SessionFixtures.Rx ofClient = client.rx(TLS_1_3, 0);
            SessionFixtures.Rx ofServer = server.rx(TLS_1_3, 0);

            client.receive(ofClient, ofClient.peer().seal(23, new byte[500]));
            server.receive(ofServer, ofServer.peer().seal(23, new byte[700]));

            assertThat(ofClient.sink().data()).hasSize(500);
            assertThat(ofServer.sink().data()).hasSize(700);
            assertThat(fixture.device().nic().steering().used()).isEqualTo(2);
            assertThat(fixture.counter("rx_tls_decrypted_packets")).isEqualTo(2);
        }
    }

    private static SessionFixtures sessions(DeviceFixture fixture, FiveTuple flow) {
        return new SessionFixtures(fixture.device(), flow, EmbeddedChannel::runPendingTasks);
    }
}
