package io.offramp.offload.device;

import static io.offramp.offload.device.DeviceFixture.TLS_1_2;
import static io.offramp.offload.device.DeviceFixture.TLS_1_3;
import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.RecordMode;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.tck.Protection;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.offload.tck.SessionFixtures;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole sessions on a wire where one thing goes wrong. */
class DeviceWireTest {
    private static final int DATA = 23;
    private static final int MAX = 16_384;

    static Stream<Protection> protections() {
        return Stream.of(TLS_1_2, TLS_1_3);
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldGoThroughTheDeviceAloneWhereNothingGoesWrong(Protection protection) {
        try (DeviceFixture fixture = new DeviceFixture("faults", "")) {
            SessionFixtures.Tx tx = fixture.sessions().tx(protection, 0);
            SessionFixtures.Rx rx = fixture.sessions().rx(protection, 0);
            byte[] content = fixture.sessions().content(100_000);

            seal(fixture, tx, content);
            byte[] wire = rx.peer().sealAll(DATA, content, MAX);
            fixture.sessions().receive(rx, wire);

            assertThat(tx.sink().wire()).isEqualTo(tx.expected().sealAll(DATA, content, MAX));
            assertThat(rx.sink().data()).isEqualTo(content);
            assertThat(fixture.counter("tx_tls_encrypted_bytes"))
                    .isEqualTo(tx.sink().wire().length);
            assertThat(fixture.counter("rx_tls_decrypted_bytes")).isEqualTo(wire.length);
            for (String counter : new String[] {
                "tx_tls_ooo",
                "tx_tls_sw_packets",
                "tx_cqe_err",
                "rx_tls_sw_records",
                "rx_tls_mixed_records",
                "rx_tls_resync_req_pkt",
                "rx_csum_err",
                "rx_tls_err"
            }) {
                assertThat(fixture.counter(counter)).as(counter).isZero();
            }
        }
    }

    /** NETDEV_DOWN in the middle of records: software for what follows and for what is sent again, and no way back. */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldGoOnInSoftwareForGoodWhenTheDeviceGoesDownUnderWay(Protection protection) {
        try (DeviceFixture fixture = new DeviceFixture("faults", "down-after=5 loss=5% ack-lag=50% mss=500")) {
            SessionFixtures.Tx tx = fixture.sessions().tx(protection, 0);
            SessionFixtures.Rx rx = fixture.sessions().rx(protection, 0);
            byte[] content = fixture.sessions().content(40_000);

            seal(fixture, tx, content);
            fixture.device().up();
            seal(fixture, tx, content);
            fixture.sessions().receive(rx, rx.peer().sealAll(DATA, content, MAX));

            assertThat(tx.sink().wire())
                    .isEqualTo(concat(
                            tx.expected().sealAll(DATA, content, MAX),
                            tx.expected().sealAll(DATA, content, MAX)));
            assertThat(rx.sink().data()).isEqualTo(content);
            assertThat(tx.sink().degradations()).containsExactly("device is down");
            assertThat(rx.sink().degradations()).containsExactly("device is down");
            assertThat(tx.session().info().mode()).isEqualTo(RecordMode.SW);
            assertThat(rx.session().info().mode()).isEqualTo(RecordMode.SW);
            assertThat(fixture.counter("tx_tls_encrypted_packets")).isPositive();
            assertThat(fixture.counter("tx_tls_sw_packets")).isPositive();
            assertThat(fixture.counter("tls_curr_tx_device"))
                    .as("as the kernel counts")
                    .isEqualTo(1);
        }
    }

    /** The key is gone from the device, which takes params and DUMPs, but fails every send. */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldGiveTheDeviceBackWhenItFailsEverySend(Protection protection) {
        try (DeviceFixture fixture = new DeviceFixture("faults", "")) {
            SessionFixtures.Tx tx = fixture.sessions().tx(protection, 0);
            byte[] content = fixture.sessions().content(60_000);
            seal(fixture, tx, content);
            long encrypted = fixture.counter("tx_tls_encrypted_packets");
            fixture.device().nic().deks().clear(0);

            seal(fixture, tx, content);
            seal(fixture, tx, content);

            byte[] expected = tx.expected().sealAll(DATA, content, MAX);
            expected = concat(expected, tx.expected().sealAll(DATA, content, MAX));
            expected = concat(expected, tx.expected().sealAll(DATA, content, MAX));
            assertThat(Arrays.equals(tx.sink().wire(), expected)).isTrue();
            assertThat(tx.session().info().mode()).isEqualTo(RecordMode.SW);
            assertThat(tx.sink().degradations()).containsExactly("device failed 17 sends in a row");
            assertThat(encrypted).isPositive();
        }
    }

    /** A packet that leaves through another device is encrypted on the host, and the next one finds its state again. */
    @Test
    void shouldEncryptInSoftwareWhatLeavesThroughAnotherDevice() {
        try (DeviceFixture fixture = new DeviceFixture("faults", "seed=3 reroute=30% mss=500")) {
            SessionFixtures.Tx tx = fixture.sessions().tx(TLS_1_3, 0);
            byte[] content = fixture.sessions().content(100_000);

            seal(fixture, tx, content);

            assertThat(tx.sink().wire()).isEqualTo(tx.expected().sealAll(DATA, content, MAX));
            assertThat(fixture.counter("tx_tls_sw_packets")).isPositive();
            assertThat(fixture.counter("tx_tls_encrypted_packets")).isPositive();
            assertThat(fixture.counter("tx_tls_ooo"))
                    .as("the device comes in behind each of them")
                    .isPositive();
            assertThat(tx.session().info().mode()).isEqualTo(RecordMode.HW);
        }
    }

    /** A packet with a wrong checksum never comes to the cipher: no record fails on the device or on the host. */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldOffloadNoPacketWithAWrongChecksum(Protection protection) {
        try (DeviceFixture fixture = new DeviceFixture("faults", "seed=5 corrupt=20% mss=500")) {
            SessionFixtures.Rx rx = fixture.sessions().rx(protection, 0);
            byte[] content = fixture.sessions().content(100_000);

            fixture.sessions().receive(rx, rx.peer().sealAll(DATA, content, 3_000));

            assertThat(rx.sink().data()).isEqualTo(content);
            assertThat(fixture.counter("rx_csum_err")).isPositive();
            assertThat(fixture.counter("rx_tls_err")).isZero();
            assertThat(fixture.counter("tls_decrypt_error")).isZero();
        }
    }

    /**
     * Only the host says that a record is not authentic, also where the device had decrypted a part of it; it says so
     * once.
     */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldDieOnceOfAForgeryThatTheHostHasConfirmedAndStayDead(Protection protection) {
        try (DeviceFixture fixture = new DeviceFixture("faults", "mss=500")) {
            SessionFixtures.Rx rx = fixture.sessions().rx(protection, 0);
            byte[] good = fixture.sessions().content(700);
            byte[] wire = rx.peer().seal(DATA, good);
            int end = wire.length + 1_500;
            wire = concat(wire, rx.peer().seal(DATA, fixture.sessions().content(3_000)));
            wire[end] ^= 1;

            fixture.sessions().receive(rx, wire);
            fixture.sessions().receive(rx, rx.peer().seal(DATA, good));

            assertThat(rx.sink().data()).isEqualTo(good);
            assertThat(rx.sink().faults()).singleElement().isInstanceOf(RecordAuthenticationException.class);
            assertThat(fixture.counter("tls_decrypt_error")).isEqualTo(1);
            assertThat(fixture.counter("rx_tls_err")).isEqualTo(1);
            assertThat(fixture.counter("rx_tls_mixed_records")).isEqualTo(1);
        }
    }

    /** The ciphertext holds the bytes of a header: the device asks about them, and never gets an answer. */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldNeverConfirmAFalseHeaderInsideOfARecord(Protection protection) {
        try (DeviceFixture fixture = new DeviceFixture()) {
            TrafficKeys keys = fixture.sessions().keys(protection, 0);
            TrafficKeys copy = keys.copyAt(0);
            SessionFixtures.Rx rx = fixture.sessions().rx(keys, SessionFixtures.START_POSITION);
            int prefix = protection.format().prefixBytes();
            byte[] content = withHeaders(new ReferenceRecords(copy).seal(DATA, new byte[2_000]), prefix);
            byte[] record = rx.peer().seal(DATA, content);
            assertThat(Arrays.copyOfRange(record, prefix + 100, prefix + 105)).containsExactly(23, 3, 3, 0x10, 0);
            TlsContext tir = fixture.device().nic().tirs().get(1);
            assertThat(tir).isNotNull();
            tir.lose();

            // The true header goes by before the device looks: it finds the false ones, one after the other.
            fixture.sessions().receive(rx, Arrays.copyOf(record, 50));
            tir.lose();
            fixture.sessions().receive(rx, Arrays.copyOfRange(record, 50, record.length));
            long asked = fixture.counter("rx_tls_resync_req_pkt");
            assertThat(asked).isPositive();
            assertThat(tir.isAsking()).isTrue();
            assertThat(fixture.counter("rx_tls_resync_res_ok")).isZero();

            byte[] next = fixture.sessions().content(1_000);
            for (int i = 0; i < 30; i++) {
                fixture.sessions().receive(rx, rx.peer().seal(DATA, next));
            }

            assertThat(Arrays.copyOf(rx.sink().data(), 2_000)).isEqualTo(content);
            assertThat(rx.sink().data()).hasSize(32_000);
            assertThat(rx.sink().faults()).isEmpty();
            assertThat(fixture.counter("rx_tls_resync_res_ok")).as("a true one").isEqualTo(1);
            assertThat(fixture.counter("rx_tls_resync_req_pkt")).isGreaterThan(asked);
            assertThat(fixture.counter("rx_tls_err"))
                    .as("nothing was decrypted at a wrong place")
                    .isZero();
            assertThat(fixture.counter("rx_tls_decrypted_packets")).isPositive();
            copy.destroy();
        }
    }

    /** Content that becomes headers of records of 4 KiB at every 100th byte, under the keystream that zeros show. */
    private static byte[] withHeaders(byte[] sealedZeros, int prefix) {
        byte[] header = {23, 3, 3, 0x10, 0};
        byte[] content = new byte[2_000];
        for (int at = 100; at + header.length <= content.length; at += 100) {
            for (int i = 0; i < header.length; i++) {
                content[at + i] = (byte) (sealedZeros[prefix + at + i] ^ header[i]);
            }
        }
        return content;
    }

    private static void seal(DeviceFixture fixture, SessionFixtures.Tx tx, byte[] content) {
        tx.session().seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(content), MAX);
        fixture.sessions().settle();
    }
}
