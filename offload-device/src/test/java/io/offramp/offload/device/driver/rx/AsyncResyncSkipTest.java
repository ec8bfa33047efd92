package io.offramp.offload.device.driver.rx;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.device.driver.rx.RecordAssembler.Work;
import io.offramp.offload.device.hardware.context.AuthState;
import io.offramp.offload.device.hardware.context.TrackerState;
import org.junit.jupiter.api.Test;

/** The strategy DRIVER_REQ_ASYNC: requests that are given up, answers that come later or not at all. */
class AsyncResyncSkipTest extends AsyncResyncFixture {
    @Test
    void shouldSkipWhenTheDeviceHasLostThePlaceAgain() {
        rx.tir().lose();
        resync.onRequest(REQUEST, REQUEST_RECORDS * RECORD_BYTES);
        rx.keepBack();
        records(1);
        rx.complete();

        records(3);

        expectSkipped();
        expectAnsweredWhenItAsksAgain();
    }

    @Test
    void shouldSkipWhenTheDeviceHasFoundItselfMeanwhile() {
        assertThat(rx.tir().tracker()).isEqualTo(TrackerState.START);
        rx.tir().advance(ResyncFixture.START + 10);
        resync.onRequest(REQUEST, RECORD_BYTES);

        records(3);

        expectSkipped();
        assertThat(rx.tir().auth()).as("at work").isEqualTo(AuthState.OFFLOAD);
        rx.tir().lose();
        expectAnsweredWhenItAsksAgain();
    }

    @Test
    void shouldSkipWhenTheDeviceFailsToSay() {
        rx.tir().ask(REQUEST);
        rx.driver.device.nic().setUp(false);
        resync.onRequest(REQUEST, RECORD_BYTES);

        records(3);

        expectSkipped();
        rx.driver.device.nic().setUp(true);
        expectAnsweredWhenItAsksAgain();
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
        expectAnsweredWhenItAsksAgain();
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
        expectAnsweredWhenItAsksAgain();
    }

    /** While it is being asked, the device asks about something else: that goes unheard, and it asks once more. */
    @Test
    void shouldAnswerAQuestionAfterOneThatWasIgnored() {
        deviceAsksAt(0);
        rx.tir().ask(REQUEST + 30 * RECORD_BYTES);
        resync.onRequest(REQUEST + 30 * RECORD_BYTES, RECORD_BYTES);
        assertThat(counter("rx_tls_resync_req_start")).isEqualTo(1);
        records(40);
        rx.complete();
        records(3);
        assertThat(rx.tir().isAsking())
                .as("an answer to the first question is none")
                .isTrue();

        expectAnsweredWhenItAsksAgain();
    }

    /** The device asks again while the answer waits for the queue: it would take that for none. */
    @Test
    void shouldForgetAnAnswerThatItOwesWhenTheDeviceHasGoneOn() {
        deviceAsksAt(0);
        rx.complete();
        rx.fillControlQueue();
        records(2);
        assertThat(counter("rx_tls_resync_res_retry")).isPositive();
        assertThat(counter("rx_tls_resync_res_ok")).isZero();
        rx.emptyControlQueue();

        expectAnsweredWhenItAsksAgain();
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
        expectAnsweredWhenItAsksAgain();
    }
}
