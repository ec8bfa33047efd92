package io.offramp.offload.device.driver.rx;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.device.driver.rx.RecordAssembler.Work;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The strategy DRIVER_REQ_ASYNC: what is logged while the device is asked, and what is answered. */
class AsyncResyncTest extends AsyncResyncFixture {
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
        expectAnsweredWhenItAsksAgain();
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
}
