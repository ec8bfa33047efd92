package io.offramp.offload.device;

import static io.offramp.offload.device.DeviceFixture.TLS_1_2;
import static io.offramp.offload.device.DeviceFixture.TLS_1_3;
import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.InstallResult;
import io.offramp.offload.RecordMode;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.CollectingTxSink;
import io.offramp.offload.tck.Protection;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.offload.tck.SessionFixtures;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Software goes on where the device does not, and nobody on the wire notices. */
class DeviceFallbackTest {
    private static final int DATA = 23;
    private static final int HANDSHAKE = 22;
    private static final int MAX = 16_384;

    private final DeviceFixture fixture = new DeviceFixture("deks", "2", "demote-after", "256");
    private final SessionFixtures sessions = fixture.sessions();

    static Stream<Protection> protections() {
        return Stream.of(TLS_1_2, TLS_1_3);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldSealOnInSoftwareWhenTheDeviceGoesDown(Protection protection) {
        SessionFixtures.Tx tx = sessions.tx(protection, 9);
        byte[] content = sessions.content(40_000);
        seal(tx, content, MAX);

        fixture.device().down();
        sessions.settle();
        seal(tx, content, 1_000);

        assertThat(tx.sink().wire())
                .isEqualTo(concat(
                        tx.expected().sealAll(DATA, content, MAX), tx.expected().sealAll(DATA, content, 1_000)));
        assertThat(tx.sink().degradations()).containsExactly("device is down");
        assertThat(tx.session().info().mode()).isEqualTo(RecordMode.SW);
        assertThat(fixture.counter("tx_tls_degraded")).isEqualTo(1);
        assertThat(fixture.counter("device_deks")).isZero();
    }

    @Test
    void shouldStayInSoftwareWhenTheDeviceComesBack() {
        SessionFixtures.Tx tx = sessions.tx(TLS_1_3, 0);
        fixture.device().down();
        sessions.settle();
        fixture.device().up();
        seal(tx, new byte[10], MAX);

        assertThat(tx.session().info().mode()).isEqualTo(RecordMode.SW);
        assertThat(fixture.counter("tx_tls_encrypted_packets")).isZero();
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldMakeTheSameRecordsAgainWhenTheDeviceGoesDownInTheMiddleOfThem(Protection protection) {
        SessionFixtures.Tx tx = sessions.tx(protection, 0);
        byte[] content = sessions.content(500_000);
        int[] left = {20};
        fixture.engine().beforeSeal(() -> {
            if (--left[0] == 0) {
                fixture.device().nic().setUp(false);
            }
        });

        seal(tx, content, MAX);
        seal(tx, content, MAX);

        assertThat(tx.sink().wire())
                .isEqualTo(concat(
                        tx.expected().sealAll(DATA, content, MAX), tx.expected().sealAll(DATA, content, MAX)));
        assertThat(fixture.engine().seals()).as("some records were made twice").isGreaterThan(62);
        assertThat(tx.sink().degradations()).containsExactly("device failed a send, syndrome=0x5 vendor=none");
        assertThat(fixture.counter("tx_cqe_err")).isEqualTo(1);
        assertThat(tx.sink().faults()).isEmpty();
    }

    @Test
    void shouldSealInSoftwareOnceWhenTheDeviceStandsAtAnotherSequence() {
        SessionFixtures.Tx tx = sessions.tx(TLS_1_3, 0);
        byte[] content = sessions.content(100);
        seal(tx, content, MAX);
        TlsContext tis = fixture.device().nic().tises().get(1);
        assertThat(tis).isNotNull();
        tis.advance(tis.nextTcpSequence() + 1);

        seal(tx, content, MAX);
        seal(tx, content, MAX);

        assertThat(tx.sink().wire())
                .isEqualTo(concat(
                        tx.expected().seal(DATA, content),
                        concat(tx.expected().seal(DATA, content), tx.expected().seal(DATA, content))));
        assertThat(fixture.counter("tx_tls_ooo")).isEqualTo(1);
        assertThat(fixture.counter("tx_tls_encrypted_packets"))
                .as("the first, and the third again")
                .isEqualTo(2);
        assertThat(tx.sink().degradations()).isEmpty();
    }

    /** It was down when the params came and is up again: it would seal the next record under the first one's nonce. */
    @Test
    void shouldNotTrustTheDeviceFromInsideTheSinkOfAFailedMessage() {
        TrafficKeys keys = sessions.keys(TLS_1_3, 0);
        ReferenceRecords expected = new ReferenceRecords(keys);
        CollectingTxSink wire = new CollectingTxSink();
        byte[] first = sessions.content(100);
        byte[] second = sessions.content(100);
        TxSession[] session = new TxSession[1];
        boolean[] hasSealed = new boolean[1];
        TxSink sink = new TxSink() {
            @Override
            public void onSealed(Object message) {
                wire.onSealed(message);
                if (!hasSealed[0]) {
                    hasSealed[0] = true;
                    fixture.device().up();
                    session[0].seal(ContentType.APPLICATION_DATA, sessions.buffer(second), MAX);
                }
            }

            @Override
            public void onFault(OffloadException fault) {
                wire.onFault(fault);
            }

            @Override
            public void onDegraded(String reason) {
                wire.onDegraded(reason);
            }
        };
        InstallResult<TxSession> result =
                fixture.device().installTx(sessions.target(), keys, RecordBoundary.start(Direction.TX), sink);
        session[0] = ((InstallResult.Installed<TxSession>) result).session();
        fixture.device().nic().setUp(false);

        session[0].seal(ContentType.APPLICATION_DATA, sessions.buffer(first), MAX);

        assertThat(wire.wire()).isEqualTo(concat(expected.seal(DATA, first), expected.seal(DATA, second)));
        assertThat(wire.degradations()).hasSize(1);
        session[0].close();
    }

    @Test
    void shouldGoOnInSoftwareWhenNoDekIsLeftForTheNextKey() {
        SessionFixtures.Tx tx = sessions.tx(TLS_1_3, 0);
        SessionFixtures.Rx rx = sessions.rx(TLS_1_3, 0);
        TrafficKeys txNext = sessions.keys(TLS_1_3, 0);
        TrafficKeys rxNext = sessions.keys(TLS_1_3, 0);
        ReferenceRecords expected = new ReferenceRecords(txNext);
        ReferenceRecords peer = new ReferenceRecords(rxNext);
        byte[] content = sessions.content(3_000);
        rx.sink().whenControl(end -> rx.session().rekey(end, rxNext));

        // Both DEKs are in use, and a third is needed before one is free.
        tx.session().rekey(sessions.boundaryOf(tx.session()), txNext);
        seal(tx, content, MAX);
        SessionFixtures.Tx other = sessions.tx(TLS_1_3, 0);
        sessions.receive(rx, concat(rx.peer().seal(HANDSHAKE, new byte[5]), peer.sealAll(DATA, content, 1_000)));

        assertThat(tx.sink().wire()).isEqualTo(expected.seal(DATA, content));
        assertThat(tx.sink().degradations()).containsExactly("device has no DEK left for the next key");
        assertThat(rx.sink().data()).isEqualTo(content);
        assertThat(rx.sink().degradations()).containsExactly("device has no DEK left for the next key");
        assertThat(other.session().info().mode()).isEqualTo(RecordMode.HW);
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldOpenOnInSoftwareWhenTheDeviceGoesDownInTheMiddleOfARecord(Protection protection) {
        SessionFixtures.Rx rx = sessions.rx(protection, 4);
        byte[] content = sessions.content(50_000);
        byte[] wire = rx.peer().sealAll(DATA, content, 10_000);

        sessions.receive(rx, Arrays.copyOf(wire, 25_000));
        fixture.device().down();
        sessions.settle();
        sessions.receive(rx, Arrays.copyOfRange(wire, 25_000, wire.length));

        assertThat(rx.sink().data()).isEqualTo(content);
        assertThat(rx.sink().degradations()).containsExactly("device is down");
        assertThat(rx.session().info().mode()).isEqualTo(RecordMode.SW);
        assertThat(fixture.counter("rx_tls_decrypted_packets")).isEqualTo(1);
        assertThat(fixture.counter("rx_tls_degraded")).isEqualTo(1);
    }

    @Test
    void shouldOpenInSoftwareWhenTheDeviceIsDownAndNobodyHasSaidSo() {
        SessionFixtures.Rx rx = sessions.rx(TLS_1_3, 4);
        byte[] content = sessions.content(500);
        fixture.device().nic().setUp(false);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();

        for (int i = 0; i < 300; i++) {
            sessions.receive(rx, rx.peer().seal(DATA, content));
            sent.writeBytes(content);
        }

        assertThat(rx.sink().data()).isEqualTo(sent.toByteArray());
        assertThat(rx.sink().degradations()).containsExactly("device left 257 records in a row to the host");
        assertThat(fixture.counter("rx_tls_sw_records")).isEqualTo(257);
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldBelieveAForgeryOnlyWhenSoftwareHasConfirmedIt(Protection protection) {
        SessionFixtures.Rx rx = sessions.rx(protection, 0);
        byte[] good = sessions.content(700);
        byte[] wire = concat(rx.peer().seal(DATA, good), rx.peer().seal(DATA, sessions.content(700)));
        wire[wire.length - 1] ^= 0x10;

        sessions.receive(rx, wire);

        assertThat(fixture.counter("rx_tls_err")).isEqualTo(1);
        assertThat(fixture.counter("tls_decrypt_error")).isEqualTo(1);
        assertThat(rx.sink().data()).isEqualTo(good);
        assertThat(rx.sink().faults())
                .singleElement()
                .satisfies(fault -> assertThat(fault.alert()).contains(AlertDescription.BAD_RECORD_MAC));
        assertThat(rx.sink().degradations()).isEmpty();
    }

    @Test
    void shouldNotKillASessionForTheDevicesMistake() {
        SessionFixtures.Rx rx = sessions.rx(TLS_1_3, 0);
        byte[] content = sessions.content(5_000);
        fixture.engine().lie(1);

        sessions.receive(rx, rx.peer().sealAll(DATA, content, 1_000));

        assertThat(rx.sink().data()).isEqualTo(content);
        assertThat(rx.sink().faults()).isEmpty();
        assertThat(fixture.counter("rx_tls_err")).isEqualTo(1);
        assertThat(rx.sink().degradations()).isEmpty();
        sessions.receive(rx, rx.peer().seal(DATA, content));
        assertThat(fixture.counter("rx_tls_decrypted_packets"))
                .as("lengths are in the clear")
                .isEqualTo(1);
    }

    @Test
    void shouldOpenInSoftwareUntilTheDeviceHasItsPositionBack() {
        SessionFixtures.Rx rx = sessions.rx(TLS_1_3, 0);
        byte[] content = sessions.content(5_000);
        TlsContext tir = fixture.device().nic().tirs().get(1);
        assertThat(tir).isNotNull();
        tir.advance(1);

        sessions.receive(rx, rx.peer().sealAll(DATA, content, 1_000));
        sessions.receive(rx, rx.peer().sealAll(DATA, content, 1_000));

        assertThat(rx.sink().data()).isEqualTo(concat(content, content));
        assertThat(fixture.counter("rx_tls_resync_req_pkt")).isEqualTo(1);
        assertThat(fixture.counter("rx_tls_resync_res_ok")).isEqualTo(1);
        assertThat(fixture.counter("rx_tls_sw_records")).isEqualTo(5);
        assertThat(fixture.counter("rx_tls_decrypted_packets")).isEqualTo(1);
        assertThat(rx.sink().degradations()).isEmpty();
    }

    private void seal(SessionFixtures.Tx tx, byte[] content, int maxPlaintextBytes) {
        tx.session().seal(ContentType.APPLICATION_DATA, sessions.buffer(content), maxPlaintextBytes);
        sessions.settle();
    }
}
