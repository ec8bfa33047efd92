package io.offramp.offload.device.driver.rx;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.device.driver.rx.RecordAssembler.Work;
import io.offramp.offload.device.driver.session.DriverSettings;
import io.offramp.offload.device.hardware.context.AuthState;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.wire.Chance;
import io.offramp.offload.device.wire.Fault;
import io.offramp.offload.device.wire.Faults;
import org.junit.jupiter.api.AfterEach;

/** A device that asks, and a host that meets headers of records of one length, in any order that a test wants. */
abstract class AsyncResyncFixture {
    static final int RECORD_BYTES = 100;
    /** Where the packet starts with which the device asks. */
    static final int REQUEST = 50_000;
    /** Its length, in records. */
    static final int REQUEST_RECORDS = 100;
    /** Number of the record at {@link #REQUEST}. */
    static final long NUMBER = 70;

    final ResyncFixture rx =
            new ResyncFixture(DriverSettings.DEFAULTS.withWire(delayed()).withDemoteAfter(1_000));
    final AsyncResync resync = new AsyncResync(rx.driver.place, rx.context, Chance.seeded(delayed(), 1));
    int next;

    @AfterEach
    void close() {
        rx.complete();
        resync.close();
        rx.close();
    }

    /** The device believes to have found the header of this record, and its CQE is not seen yet. */
    void deviceAsksAt(int record) {
        rx.tir().ask(REQUEST + record * RECORD_BYTES);
        resync.onRequest(REQUEST, REQUEST_RECORDS * RECORD_BYTES);
        rx.keepBack();
    }

    /** The host meets {@code count} headers. */
    void records(int count) {
        for (int i = 0; i < count; i++, next++) {
            resync.onRecord(REQUEST + next * RECORD_BYTES, RECORD_BYTES, NUMBER + next, Work.HOST, true);
        }
    }

    void expectAnswer(int record) {
        assertThat(counter("rx_tls_resync_res_ok")).isEqualTo(1);
        assertThat(counter("tls_rx_device_resync")).isEqualTo(1);
        expectDeviceAt(record);
    }

    void expectDeviceAt(int record) {
        assertThat(rx.tir().tracker()).isEqualTo(TrackerState.TRACKING);
        assertThat(rx.tir().auth()).isEqualTo(AuthState.OFFLOAD);
        assertThat(rx.tir().recordNumber()).isEqualTo(NUMBER + record);
    }

    void expectNoAnswer() {
        assertThat(counter("tls_rx_device_resync")).isZero();
        assertThat(counter("rx_tls_resync_res_ok")).isZero();
        assertThat(rx.tir().isAsking()).isTrue();
    }

    void expectSkipped() {
        assertThat(counter("rx_tls_resync_req_start")).isEqualTo(1);
        assertThat(counter("rx_tls_resync_req_skip")).isEqualTo(1);
        assertThat(counter("rx_tls_resync_req_end")).isZero();
        assertThat(counter("rx_tls_resync_res_ok")).isZero();
    }

    /**
     * The fate of the last question does not matter: the device asks again, about the next record or another header
     * that it has found, and is answered.
     */
    void expectAnsweredWhenItAsksAgain() {
        int record = next;
        int sequence = REQUEST + record * RECORD_BYTES;
        if (rx.tir().isAsking()) {
            rx.tir().advance(sequence);
            int packets = 1;
            while (!rx.tir().asksAgain(sequence)) {
                packets++;
            }
            assertThat(packets).isLessThanOrEqualTo(TlsContext.LAST_ASK_AGAIN);
        } else {
            rx.tir().ask(sequence);
        }
        long answered = counter("rx_tls_resync_res_ok");

        resync.onRequest(sequence, RECORD_BYTES);
        rx.keepBack();
        rx.complete();
        records(2);

        assertThat(counter("rx_tls_resync_res_ok")).isEqualTo(answered + 1);
        expectDeviceAt(record);
    }

    long counter(String name) {
        return rx.driver.counter(name);
    }

    /** The driver never looks for a completion at once. */
    private static Faults delayed() {
        return Faults.NONE.with(Fault.DELAY, 1);
    }
}
