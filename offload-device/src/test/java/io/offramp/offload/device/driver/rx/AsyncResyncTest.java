package io.offramp.offload.device.driver.rx;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.device.driver.rx.RecordAssembler.Work;
import io.offramp.offload.device.driver.session.DriverSettings;
import io.offramp.offload.device.hardware.context.AuthState;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.wire.Chance;
import io.offramp.offload.device.wire.Faults;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The strategy DRIVER_REQ_ASYNC: what is logged while the device is asked, what is answered, and what is given up. */
class AsyncResyncTest {
    private static final int RECORD_BYTES = 100;
    /** Where the packet starts with which the device asks. */
    private static final int REQUEST = 50_000;
    /** It is as long as so many records. */
    private static final int REQUEST_RECORDS = 100;
    /** Number of the record at {@link #REQUEST}. */
    private static final long NUMBER = 70;

    private final ResyncFixture rx = new ResyncFixture(new DriverSettings(delayed(), false, 1_000));
    private final AsyncResync resync = new AsyncResync(rx.driver.place, rx.context, new Chance(1, 1));
    private int next;

    @AfterEach
    void close() {
        rx.complete();
        resync.close();
        rx.close();
    }

    @Test
    void shouldAnswerWhenTheHostMeetsTheHeaderThatTheDeviceFound() {
        deviceAsksAt(2);
        rx.complete();
        records(2);
        assertThat(counter("rx_tls_resync_req_end")).isEqualTo(1);
        expectNoAnswer();

        records(1);

        expectAnswer(2);
        assertThat(counter("rx_tls_resync_req_start")).isEqualTo(1);
        assertThat(counter("rx_tls_resync_req_skip")).isZero();
        records(5);
        assertThat(counter("rx_tls_resync_res_ok")).as("once").isEqualTo(1);
    }

    /** With index i of n headers in the log, the number is that of the header now, less n - i. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 12})
    void shouldFindTheHeaderInTheLogAndCountBack(int found) {
        deviceAsksAt(found);
        records(13);
        expectNoAnswer();
        rx.complete();

        records(1);

        expectAnswer(found);
    }

    @Test
    void shouldCountHeadersThatItDoesNotLogAnyMore() {
        deviceAsksAt(4);
        records(60);
        rx.complete();

        records(1);

        expectAnswer(4);
    }

    /** 13 fit: the 14th is counted only, and is met by no later header. */
    @Test
    void shouldNotLogTheFourteenthHeader() {
        deviceAsksAt(13);
        records(14);
        rx.complete();

        records(20);

        assertThat(counter("rx_tls_resync_req_end")).isEqualTo(1);
        expectNoAnswer();
    }

    @Test
    void shouldLogNoHeaderBeforeThePacketThatAskedAndNoneBehindIt() {
        rx.tir().ask(REQUEST + 3 * RECORD_BYTES);
        // The packet holds two records; headers of the one before it and of the third behind it are not in its range.
        resync.onRequest(REQUEST, 2 * RECORD_BYTES);
        rx.keepBack();
        next = -3;
        records(7);
        rx.complete();

        records(1);

        expectNoAnswer();
    }

    @Test
    void shouldNotCountHeadersBeforeThePacketThatAsked() {
        deviceAsksAt(1);
        next = -20;
        records(23);
        rx.complete();

        records(1);

        expectAnswer(1);
    }

    @Test
    void shouldClearTheLogOnAMissAndWaitForTheHeaderItself() {
        deviceAsksAt(20);
        records(13);
        rx.complete();
        records(7);
        expectNoAnswer();

        records(1);

        expectAnswer(20);
    }

    @Test
    void shouldNeverAnswerAPlaceThatIsNoHeader() {
        rx.tir().ask(REQUEST + 250);
        resync.onRequest(REQUEST, REQUEST_RECORDS * RECORD_BYTES);
        rx.keepBack();
        records(5);
        rx.complete();

        records(200);

        assertThat(counter("rx_tls_resync_req_end")).isEqualTo(1);
        expectNoAnswer();
    }

    @Test
    void shouldCancelWhenTooManyHeadersGoByWhileTheDeviceIsAsked() {
        deviceAsksAt(0);
        records(0xffff + 1);
        rx.complete();

        records(1);

        expectNoAnswer();
        assertThat(counter("rx_tls_resync_req_skip")).isEqualTo(1);
        assertThat(counter("rx_tls_resync_req_end")).isZero();
    }

    @Test
    void shouldStillAnswerWithTheMostHeadersThatItCounts() {
        deviceAsksAt(0);
        records(0xffff);
        rx.complete();

        records(1);

        expectAnswer(0);
    }

    @Test
    void shouldAskOnceAtATime() {
        deviceAsksAt(2);
        resync.onRequest(REQUEST + RECORD_BYTES, RECORD_BYTES);
        assertThat(counter("rx_tls_resync_req_start")).isEqualTo(1);
        records(3);
        rx.complete();

        records(1);

        expectAnswer(2);
    }

    @Test
    void shouldReplaceARequestThatWasNotAnswered() {
        deviceAsksAt(1);
        records(3);
        rx.complete();
        resync.onRecord(REQUEST - RECORD_BYTES, RECORD_BYTES, NUMBER - 1, Work.HOST, true);
        // Answered by the log: the device lost its position again meanwhile, and asks about another place.
        long answered = counter("rx_tls_resync_res_ok");
        rx.tir().lose();
        deviceAsksAt(6);
        rx.complete();

        records(4);

        assertThat(counter("rx_tls_resync_req_start")).isEqualTo(2);
        assertThat(counter("rx_tls_resync_res_ok")).isEqualTo(answered + 1);
        expectDeviceAt(6);
    }

    @Test
    void shouldForgetThePlaceOfARequestThatIsReplaced() {
        deviceAsksAt(5);
        rx.complete();
        records(1);
        rx.tir().lose();
        deviceAsksAt(8);
        rx.complete();

        records(7);
        expectNoAnswer();
        records(1);

        expectAnswer(8);
        assertThat(counter("rx_tls_resync_req_start")).isEqualTo(2);
        assertThat(counter("rx_tls_resync_req_end")).isEqualTo(2);
    }

    @Test
    void shouldSkipWhenTheDeviceHasLostThePlaceAgain() {
        rx.tir().lose();
        resync.onRequest(REQUEST, REQUEST_RECORDS * RECORD_BYTES);
        rx.keepBack();
        records(1);
        rx.complete();

        records(3);

        expectSkipped();
    }

    @Test
    void shouldSkipWhenTheDeviceHasFoundItselfMeanwhile() {
        assertThat(rx.tir().tracker()).isEqualTo(TrackerState.START);
        rx.tir().advance(ResyncFixture.START + 10);
        resync.onRequest(REQUEST, RECORD_BYTES);

        records(3);

        expectSkipped();
    }

    @Test
    void shouldSkipWhenTheDeviceFailsToSay() {
        rx.tir().ask(REQUEST);
        rx.driver.device.nic().setUp(false);
        resync.onRequest(REQUEST, RECORD_BYTES);

        records(3);

        expectSkipped();
    }

    @Test
    void shouldSkipWhenTheQueueHasNoRoomForTheQuestion() {
        rx.tir().ask(REQUEST);
        rx.fillControlQueue();

        resync.onRequest(REQUEST, RECORD_BYTES);

        expectSkipped();
        rx.emptyControlQueue();
        records(3);
        expectNoAnswer();
        resync.onRequest(REQUEST, RECORD_BYTES);
        assertThat(counter("rx_tls_resync_req_start")).as("asks again").isEqualTo(2);
    }

    @Test
    void shouldSkipWhenTheContextIsDeletedWhileTheDeviceIsAsked() {
        deviceAsksAt(0);
        records(1);
        rx.complete();

        resync.close();

        expectSkipped();
    }

    @Test
    void shouldSkipWhenTheContextWasProgrammedAnewWhileTheDeviceIsAsked() {
        deviceAsksAt(2);
        resync.onProgrammed();
        rx.complete();

        records(5);

        expectSkipped();
    }

    @Test
    void shouldPostAnAnswerLaterWhenTheQueueHasNoRoomNow() {
        deviceAsksAt(1);
        rx.complete();
        records(1);
        rx.fillControlQueue();

        records(1);
        assertThat(counter("rx_tls_resync_res_retry")).isEqualTo(1);
        records(1);
        assertThat(counter("rx_tls_resync_res_retry")).as("still none").isEqualTo(2);
        assertThat(counter("rx_tls_resync_res_ok")).isZero();
        rx.emptyControlQueue();
        records(1);

        expectAnswer(1);
        assertThat(counter("rx_tls_resync_res_retry")).isEqualTo(2);
        records(3);
        assertThat(counter("rx_tls_resync_res_ok")).isEqualTo(1);
    }

    /** In static params a position of 0 says that they answer nothing. */
    @Test
    void shouldNotAnswerSequenceZero() {
        rx.tir().ask(0);
        resync.onRequest(-10, 100);

        resync.onRecord(-10, 10, 1, Work.HOST, true);
        resync.onRecord(0, 10, 2, Work.HOST, true);

        assertThat(counter("rx_tls_resync_res_skip")).isEqualTo(1);
        assertThat(counter("rx_tls_resync_res_ok")).isZero();
        assertThat(rx.tir().isAsking()).isTrue();
    }

    /** The device believes to have found the header of this record, and its CQE is not seen yet. */
    private void deviceAsksAt(int record) {
        rx.tir().ask(REQUEST + record * RECORD_BYTES);
        resync.onRequest(REQUEST, REQUEST_RECORDS * RECORD_BYTES);
        rx.keepBack();
    }

    /** The host meets so many headers. */
    private void records(int count) {
        for (int i = 0; i < count; i++, next++) {
            resync.onRecord(REQUEST + next * RECORD_BYTES, RECORD_BYTES, NUMBER + next, Work.HOST, true);
        }
    }

    private void expectAnswer(int record) {
        assertThat(counter("rx_tls_resync_res_ok")).isEqualTo(1);
        assertThat(counter("tls_rx_device_resync")).isEqualTo(1);
        expectDeviceAt(record);
    }

    private void expectDeviceAt(int record) {
        assertThat(rx.tir().tracker()).isEqualTo(TrackerState.TRACKING);
        assertThat(rx.tir().auth()).isEqualTo(AuthState.OFFLOAD);
        assertThat(rx.tir().recordNumber()).isEqualTo(NUMBER + record);
    }

    private void expectNoAnswer() {
        assertThat(counter("tls_rx_device_resync")).isZero();
        assertThat(counter("rx_tls_resync_res_ok")).isZero();
        assertThat(rx.tir().isAsking()).isTrue();
    }

    private void expectSkipped() {
        assertThat(counter("rx_tls_resync_req_start")).isEqualTo(1);
        assertThat(counter("rx_tls_resync_req_skip")).isEqualTo(1);
        assertThat(counter("rx_tls_resync_req_end")).isZero();
        assertThat(counter("rx_tls_resync_res_ok")).isZero();
    }

    private long counter(String name) {
        return rx.driver.counter(name);
    }

    /** The driver never looks for a completion at once. */
    private static Faults delayed() {
        return new Faults(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, Faults.DEFAULT_MSS, 0);
    }
}
