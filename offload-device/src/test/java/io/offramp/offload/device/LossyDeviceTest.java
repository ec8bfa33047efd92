package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.RecordMode;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.sw.SwProvider;
import io.offramp.offload.tck.Protection;
import io.offramp.offload.tck.SessionFixtures;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The invariants of the device on a wire on which everything goes wrong: the application's bytes arrive, the wire's
 * bytes are those of software, no nonce is used twice, no plaintext leaves, and the hardware is in use again at the
 * end.
 */
class LossyDeviceTest {
    private static final String[] WIRES = {
        "loss=1% reorder=1% duplicate=0.1%",
        "loss=5% reorder=5% duplicate=5% corrupt=1% retransmit=10% resegment=30% ack-lag=20% mss=536",
        "loss=2% reorder=2% cqe-error=1% reroute=5% queue-full=20% delay=30% sequence=4294000000",
        "retransmit=30% resegment=50% mss=250 ack-lag=50% loss=0.5%",
        "loss=5% queue-full=50% mss=536",
    };

    static Stream<Arguments> wires() {
        return Stream.of(WIRES)
                .flatMap(wire -> Stream.of("async", "hint")
                        .flatMap(resync -> Protection.all().stream()
                                .filter(protection -> protection.suite().isGcm())
                                .map(protection -> Arguments.of(wire, resync, protection))));
    }

    @ParameterizedTest
    @MethodSource("wires")
    void shouldBeSoftwareToTheWireAndToTheApplication(String wire, String resync, Protection protection) {
        try (DeviceFixture fixture = new DeviceFixture("faults", "seed=11 " + wire, "resync", resync);
                var software = new SwProvider().open(Map.of());
                SessionFixtures reference = new SessionFixtures(software, 45_679, EmbeddedChannel::runPendingTasks)) {
            Random random = fixture.sessions().random();
            TrafficKeys keys = fixture.sessions().keys(protection, 0);
            SessionFixtures.Tx expected = reference.tx(keys.copyAt(0), 0);
            SessionFixtures.Rx rx = fixture.sessions().rx(keys.copyAt(0), 0);
            SessionFixtures.Tx tx = fixture.sessions().tx(keys, 0);
            byte[] content = fixture.sessions().content(300_000);

            for (int from = 0; from < content.length; ) {
                int to = Math.min(content.length, from + 1 + random.nextInt(random.nextInt(4) == 0 ? 100_000 : 3_000));
                byte[] part = Arrays.copyOfRange(content, from, to);
                int maxPlaintextBytes = random.nextInt(4) == 0 ? 100 + random.nextInt(1_000) : 16_384;
                tx.session()
                        .seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(part), maxPlaintextBytes);
                expected.session().seal(ContentType.APPLICATION_DATA, reference.buffer(part), maxPlaintextBytes);
                from = to;
            }
            byte[] sent = tx.sink().wire();
            for (int from = 0; from < sent.length; ) {
                int to = Math.min(sent.length, from + 1 + random.nextInt(100_000));
                fixture.sessions().receive(rx, Arrays.copyOfRange(sent, from, to));
                from = to;
            }

            assertThat(Arrays.equals(sent, expected.sink().wire()))
                    .as("wire bytes are software's")
                    .isTrue();
            assertThat(Arrays.equals(rx.sink().data(), content))
                    .as("content has arrived")
                    .isTrue();
            assertThat(rx.sink().faults()).isEmpty();
            assertThat(tx.sink().faults()).isEmpty();
            assertThat(tx.session().info().mode()).isEqualTo(RecordMode.HW);
            assertThat(rx.session().info().mode()).isEqualTo(RecordMode.HW);
            assertThat(fixture.counter("tx_tls_ooo")).as("sends out of order").isPositive();
            assertThat(fixture.counter("tx_tls_drop_bypass_req")).isZero();
            if (resync.equals("async") && wire.startsWith("loss=5%")) {
                assertThat(fixture.counter("rx_tls_resync_req_start"))
                        .as("the device has asked")
                        .isPositive();
            }
            assertThat(fixture.counter("rx_tls_resync_req_start"))
                    .isLessThanOrEqualTo(fixture.counter("rx_tls_resync_req_pkt"));
            assertThat(fixture.counter("rx_tls_resync_req_end") + fixture.counter("rx_tls_resync_req_skip"))
                    .isLessThanOrEqualTo(fixture.counter("rx_tls_resync_req_start"));
            expectTheHardwareInUse(fixture, tx, rx);
        }
    }

    /** The device does the next records again, after a while: a hint may come as late as the host's last interval. */
    private static void expectTheHardwareInUse(DeviceFixture fixture, SessionFixtures.Tx tx, SessionFixtures.Rx rx) {
        long encrypted = fixture.counter("tx_tls_encrypted_bytes") + 20_000;
        long decrypted = fixture.counter("rx_tls_decrypted_bytes") + 20_000;
        for (int i = 0;
                i < 1_000
                        && (fixture.counter("rx_tls_decrypted_bytes") < decrypted
                                || fixture.counter("tx_tls_encrypted_bytes") < encrypted);
                i++) {
            byte[] content = fixture.sessions().content(1_500);
            int before = tx.sink().wire().length;
            tx.session().seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(content), 16_384);
            byte[] wire = tx.sink().wire();
            fixture.sessions().receive(rx, Arrays.copyOfRange(wire, before, wire.length));
        }
        assertThat(fixture.counter("tx_tls_encrypted_bytes")).isGreaterThanOrEqualTo(encrypted);
        assertThat(fixture.counter("rx_tls_decrypted_bytes")).isGreaterThanOrEqualTo(decrypted);
    }
}
