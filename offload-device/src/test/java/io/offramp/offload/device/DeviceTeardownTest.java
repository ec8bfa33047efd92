package io.offramp.offload.device;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.RecordMode;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.engine.SteppedEngine.Step;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.offload.tck.SessionFixtures;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Objects of the device are given back when the last entry of a queue that names them has completed, and not before.
 */
class DeviceTeardownTest {
    private static final int MAX = 16_384;

    private final SteppedDevice fixture = new SteppedDevice("contexts", "4", "deks", "4");
    private final SessionFixtures sessions = fixture.sessions();

    @AfterEach
    void close() {
        fixture.close();
    }

    /** Its params still wait: the next user of its number would be programmed with them. */
    @Test
    void shouldKeepTirAndKeyUntilTheParamsOfAnInstallHaveCompleted() {
        SessionFixtures.Rx first = sessions.rx(DeviceFixture.TLS_1_3, 7);

        first.session().close();

        expectHeld(0, 1, 1);
        SessionFixtures.Rx second = sessions.rx(DeviceFixture.TLS_1_3, 0);
        fixture.settle();
        expectHeld(0, 1, 1);
        sessions.receive(second, second.peer().seal(23, sessions.content(100)));
        assertThat(fixture.counter("rx_tls_decrypted_packets")).isEqualTo(1);
    }

    @Test
    void shouldKeepTirAndKeyUntilTheLastPacketHasGoneThrough() {
        SessionFixtures.Rx rx = sessions.rx(DeviceFixture.TLS_1_3, 0);
        fixture.settle();
        rx.session().receive(sessions.buffer(rx.peer().seal(23, sessions.content(100))));

        rx.session().close();

        expectHeld(0, 1, 1);
        assertThat(fixture.device().nic().steering().used()).as("rules").isZero();
        fixture.engine().step(Step.PACKET);
        expectHeld(0, 1, 1);
        fixture.poll();
        expectHeld(0, 0, 0);
    }

    @Test
    void shouldKeepTirAndKeyUntilTheDeviceHasSaidWhereItStands() {
        SessionFixtures.Rx rx = sessions.rx(DeviceFixture.TLS_1_3, 0);
        fixture.settle();
        TlsContext tir = fixture.device().nic().tirs().get(1);
        assertThat(tir).isNotNull();
        tir.lose();
        rx.session().receive(sessions.buffer(rx.peer().seal(23, sessions.content(100))));
        fixture.engine().step(Step.PACKET);
        fixture.poll();
        assertThat(fixture.counter("rx_tls_resync_req_start")).isEqualTo(1);

        rx.session().close();

        expectHeld(0, 1, 1);
        fixture.settle();
        expectHeld(0, 0, 0);
        assertThat(fixture.counter("rx_tls_resync_req_skip")).isEqualTo(1);
    }

    @Test
    void shouldKeepTisAndKeyUntilTheLastSendHasCompleted() {
        SessionFixtures.Tx tx = sessions.tx(DeviceFixture.TLS_1_3, 0);
        seal(tx, 100);

        tx.session().close();

        expectHeld(1, 0, 1);
        SessionFixtures.Tx other = sessions.tx(DeviceFixture.TLS_1_3, 0);
        assertThat(other.session().info().detail()).isEqualTo("tis=2 dek=1");
        fixture.settle();
        expectHeld(1, 0, 1);
    }

    @Test
    void shouldKeepEverythingUntilItIsFlushedWhenTheDeviceIsDown() {
        SessionFixtures.Tx tx = sessions.tx(DeviceFixture.TLS_1_3, 0);
        SessionFixtures.Rx rx = sessions.rx(DeviceFixture.TLS_1_3, 0);
        seal(tx, 100);
        fixture.device().down();
        fixture.poll();
        expectHeld(1, 1, 2);
        assertThat(rx.session().info().mode()).isEqualTo(RecordMode.SW);

        fixture.settle();

        expectHeld(0, 0, 0);
        assertThat(tx.sink().wire()).hasSize(100 + 22);
    }

    /** The TIS refers to the last key until it has other params. */
    @Test
    void shouldKeepTheLastKeyUntilTheNextOneIsInEffect() {
        SessionFixtures.Tx tx = sessions.tx(DeviceFixture.TLS_1_3, 0);
        seal(tx, 100);
        TrafficKeys next = sessions.keys(DeviceFixture.TLS_1_3, 0);
        ReferenceRecords expected = new ReferenceRecords(next);
        tx.session().rekey(requireNonNull(tx.session().sealedBoundary()), next);
        byte[] content = sessions.content(50);
        tx.session().seal(ContentType.APPLICATION_DATA, sessions.buffer(content), MAX);

        expectHeld(1, 0, 2);
        while (fixture.counter("tx_tls_encrypted_packets") == 0) {
            fixture.engine().step(Step.SEND);
            fixture.poll();
        }
        expectHeld(1, 0, 2);
        fixture.settle();

        expectHeld(1, 0, 1);
        assertThat(tx.sink().wire()).endsWith(expected.seal(23, content));
    }

    @Test
    void shouldGiveTheLastKeyBackAtOnceWhenNothingIsUnderWay() {
        SessionFixtures.Tx tx = sessions.tx(DeviceFixture.TLS_1_3, 0);
        seal(tx, 100);
        fixture.settle();

        tx.session().rekey(sessions.boundaryOf(tx.session()), sessions.keys(DeviceFixture.TLS_1_3, 0));

        expectHeld(1, 0, 1);
    }

    /** 40 messages wait behind one that fails: they fail too, for the same cause. */
    @Test
    void shouldKeepTheDeviceWhenOneSendFailsInFrontOfManyOthers() {
        SessionFixtures.Tx tx = sessions.tx(DeviceFixture.TLS_1_3, 0);
        seal(tx, 100);
        fixture.settle();
        fixture.queues().failNextSend();
        for (int i = 0; i < 41; i++) {
            seal(tx, 100);
        }

        fixture.settle();

        assertThat(fixture.counter("tx_cqe_err")).isEqualTo(41);
        assertThat(tx.sink().degradations()).isEmpty();
        assertThat(tx.session().info().mode()).isEqualTo(RecordMode.HW);
        seal(tx, 100);
        fixture.settle();
        assertThat(fixture.counter("tx_tls_encrypted_packets"))
                .as("the first, and the last")
                .isEqualTo(2);
        assertThat(tx.sink().wire()).hasSize(43 * 122);
    }

    /** Each time for a cause of its own. */
    @Test
    void shouldGiveTheDeviceBackWhenItFailsAgainAndAgain() {
        SessionFixtures.Tx tx = sessions.tx(DeviceFixture.TLS_1_3, 0);
        for (int i = 0; i < 16; i++) {
            assertThat(tx.session().info().mode()).as("after %d failures", i).isEqualTo(RecordMode.HW);
            fixture.queues().failNextSend();
            seal(tx, 100);
            seal(tx, 100);
            fixture.settle();
        }

        assertThat(tx.session().info().mode()).isEqualTo(RecordMode.SW);
        assertThat(tx.sink().degradations()).containsExactly("device failed a send, syndrome=0x2 vendor=fault");
    }

    private void seal(SessionFixtures.Tx tx, int bytes) {
        tx.session().seal(ContentType.APPLICATION_DATA, sessions.buffer(sessions.content(bytes)), MAX);
    }

    private void expectHeld(int tises, int tirs, int deks) {
        assertThat(fixture.device().resources().tises().inUse()).as("TIS").isEqualTo(tises);
        assertThat(fixture.device().nic().tirs().inUse()).as("TIR").isEqualTo(tirs);
        assertThat(fixture.device().resources().deks().inUse()).as("DEK").isEqualTo(deks);
        assertThat(fixture.device().nic().deks().loaded()).as("keys").isEqualTo(deks);
    }
}
