package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.RecordMode;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.driver.queue.FlowTemplates;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.hardware.engine.SteppedEngine.Step;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.tck.SessionFixtures;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens between a doorbell and its completion, where the device's engines are not the caller's thread. */
class DeviceEnginesTest {
    private static final int DATA = 23;

    private final SteppedDevice fixture = new SteppedDevice("contexts", "4", "deks", "4");
    private final SessionFixtures sessions = fixture.sessions();

    @AfterEach
    void close() {
        fixture.close();
    }

    /** A packet must not reach a context that is half programmed. */
    @Test
    void shouldAddTheRuleOnlyWhenBothParamsHaveCompleted() {
        SessionFixtures.Rx rx = sessions.rx(DeviceFixture.TLS_1_3, 0);
        expectRules(0);

        fixture.engine().step(Step.CONTROL);
        fixture.poll();
        expectRules(0);
        fixture.engine().step(Step.CONTROL);
        expectRules(0);
        fixture.poll();

        expectRules(1);
        sessions.receive(rx, rx.peer().seal(DATA, new byte[100]));
        assertThat(fixture.counter("rx_tls_decrypted_packets")).isEqualTo(1);
    }

    /** A request comes with the client's Finished, before there is a rule; the next one is the device's. */
    @Test
    void shouldDecryptFromTheFirstPacketBehindTheRuleOn() {
        SessionFixtures.Rx rx = sessions.rx(DeviceFixture.TLS_1_3, 0);
        rx.session().receive(sessions.buffer(rx.peer().seal(DATA, new byte[100])));
        fixture.engine().step(Step.PACKET);
        fixture.settle();
        expectRules(1);

        sessions.receive(rx, rx.peer().seal(DATA, new byte[200]));

        assertThat(rx.sink().data()).hasSize(300);
        assertThat(fixture.counter("rx_tls_decrypted_packets")).isEqualTo(1);
        assertThat(fixture.counter("rx_tls_resync_req_pkt")).isZero();
    }

    @Test
    void shouldProgramAnewAndAddTheRuleThenWhenTheFirstParamsFail() {
        for (int failed = 0; failed < 2; failed++) {
            SessionFixtures.Rx rx = sessions.rx(DeviceFixture.TLS_1_3, 0);
            fixture.queues().failAfter(failed);
            long decrypted = fixture.counter("rx_tls_decrypted_packets");
            rx.session().receive(sessions.buffer(rx.peer().seal(DATA, new byte[100])));

            fixture.settle();

            expectRules(1);
            sessions.receive(rx, rx.peer().seal(DATA, new byte[100]));
            assertThat(rx.sink().data()).hasSize(200);
            assertThat(fixture.counter("rx_tls_decrypted_packets"))
                    .as("WQE %d fails", failed)
                    .isEqualTo(decrypted + 1);
            rx.session().close();
        }
    }

    /** Params that the device does not take, again and again, end the offload. */
    @Test
    void shouldGiveTheDeviceBackWhenItTakesNoParams() {
        SessionFixtures.Rx rx = sessions.rx(DeviceFixture.TLS_1_3, 0);
        fixture.device().nic().setUp(false);
        for (int i = 0; i < 20; i++) {
            sessions.receive(rx, rx.peer().seal(DATA, new byte[100]));
        }

        assertThat(rx.session().info().mode()).isEqualTo(RecordMode.SW);
        assertThat(rx.sink().degradations()).containsExactly("device has refused its params 16 times in a row");
        assertThat(rx.sink().data()).hasSize(2_000);
    }

    /**
     * Packets come faster than answers: a record that the device asks about has begun in the packet with the question,
     * or the host is done with it before it knows that it was asked.
     */
    @Test
    void shouldBeAnsweredThoughRecordsSpanPacketsThatComeAtOnce() {
        // Given
        SessionFixtures.Rx rx = sessions.rx(DeviceFixture.TLS_1_3, 0);
        sessions.settle();
        fixture.device().nic().setUp(false);
        sessions.receive(rx, rx.peer().seal(DATA, new byte[100]));
        fixture.device().nic().setUp(true);
        fixture.queues().failAfter(0);

        // When
        int bursts = 0;
        while (bursts < 20 && fixture.counter("rx_tls_decrypted_packets") == 0) {
            for (int i = 0; i < 2; i++) {
                receiveInPackets(rx, rx.peer().seal(DATA, new byte[1_300]), 13);
            }
            fixture.settle();
            bursts++;
        }

        // Then
        assertThat(bursts).as("bursts of two records until the device is back").isLessThanOrEqualTo(6);
        assertThat(rx.sink().data()).hasSize(100 + bursts * 2_600);
    }

    private void receiveInPackets(SessionFixtures.Rx rx, byte[] wire, int packets) {
        for (int i = 0; i < packets; i++) {
            int from = wire.length * i / packets;
            rx.session().receive(sessions.buffer(Arrays.copyOfRange(wire, from, wire.length * (i + 1) / packets)));
        }
    }

    /** What waits in a queue is not on the wire: no packet of the peer may acknowledge it. */
    @Test
    void shouldHaveThePeerAcknowledgeOnlyWhatHasLeft() {
        SessionFixtures.Tx tx = sessions.tx(DeviceFixture.TLS_1_3, 0);
        PacketTemplate incoming = FlowTemplates.of(sessions.target()).incoming();
        int start = (int) SessionFixtures.START_POSITION;

        tx.session().seal(ContentType.APPLICATION_DATA, sessions.buffer(new byte[100]), 100);
        assertThat(acknowledgment(incoming)).as("posted").isLessThanOrEqualTo(start);

        sessions.settle();
        assertThat(acknowledgment(incoming))
                .as("sent")
                .isEqualTo(start + tx.sink().wire().length);
    }

    private static int acknowledgment(PacketTemplate packets) {
        packets.next(0, 0, 1);
        return PacketHeader.acknowledgment(packets.header(), 0);
    }

    /** Nobody else posts anything: what the driver has written lies there until it looks after its queues. */
    @Test
    void shouldRingAgainWhenADoorbellHasGotLost() {
        // Given
        SessionFixtures.Tx tx = sessions.tx(DeviceFixture.TLS_1_3, 0);
        DeviceChannel channel = Objects.requireNonNull(fixture.device().driver().channel());
        channel.loseNextDoorbell();
        tx.session().seal(ContentType.APPLICATION_DATA, sessions.buffer(new byte[100]), 100);
        sessions.settle();
        assertThat(tx.sink().wire()).as("the device knows nothing of it").isEmpty();

        // When
        channel.watch();
        channel.watch();
        sessions.settle();

        // Then
        assertThat(tx.sink().wire()).isEqualTo(tx.expected().seal(DATA, new byte[100]));
        assertThat(channel.rescues()).isPositive();
        assertThat(fixture.counter("tx_tls_encrypted_packets")).isEqualTo(1);
    }

    /** An error of the JVM too, such as a lack of memory, leaves nobody waiting for a completion. */
    @Test
    void shouldCompleteWhatAnErrorHasCutOff() {
        // Given
        SessionFixtures.Tx tx = sessions.tx(DeviceFixture.TLS_1_3, 0);
        SessionFixtures.Rx rx = sessions.rx(DeviceFixture.TLS_1_3, 0);
        sessions.settle();
        Runnable once = () -> {
            fixture.crypto().beforeSeal(() -> {});
            fixture.crypto().beforeOpen(() -> {});
            throw new OutOfMemoryError("asked for");
        };

        // When
        fixture.crypto().beforeSeal(once);
        tx.session().seal(ContentType.APPLICATION_DATA, sessions.buffer(new byte[100]), 100);
        sessions.settle();
        fixture.crypto().beforeOpen(once);
        sessions.receive(rx, rx.peer().seal(DATA, new byte[100]));

        // Then
        assertThat(tx.sink().wire()).isEqualTo(tx.expected().seal(DATA, new byte[100]));
        assertThat(rx.sink().data()).hasSize(100);
        assertThat(fixture.counter("tx_cqe_err")).isEqualTo(1);
        assertThat(fixture.counter("rx_tls_decrypted_packets")).isZero();
    }

    private void expectRules(int count) {
        assertThat(fixture.device().nic().steering().used()).as("rules").isEqualTo(count);
    }
}
