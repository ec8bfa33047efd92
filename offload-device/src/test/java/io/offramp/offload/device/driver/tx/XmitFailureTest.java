package io.offramp.offload.device.driver.tx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the driver posts behind work that the device has failed: nothing wrong leaves, and the next try is right. */
class XmitFailureTest {
    private static final int RECORD = XmitFixture.RECORD;

    /** What the device fails does not leave, least of all in plaintext; the next packet finds its state rebuilt. */
    @Test
    void shouldDropWhatTheDeviceFailsAndNeverLeakIt() {
        try (XmitFixture tx = XmitFixture.threeRecords()) {
            tx.send(0, 800);
            tx.driver.channel.failNextSend();

            tx.send(800, 800);
            assertThat(tx.driver.counter("tx_cqe_err")).isEqualTo(1);
            tx.expectLeft(0, 800);
            tx.send(800, 800);

            assertThat(tx.hasLeaked()).isFalse();
            tx.expectLeft(800, 800);
            assertThat(tx.driver.counter("tx_tls_ooo")).isEqualTo(1);
        }
    }

    @Test
    void shouldLetNothingOutWhileTheDeviceIsDownAndTheRightBytesAgain() {
        try (XmitFixture tx = XmitFixture.threeRecords()) {
            tx.send(0, 800);
            tx.left.clear();
            tx.driver.device.nic().setUp(false);
            tx.send(800, 800);
            tx.send(800, 800);
            assertThat(tx.left).isEmpty();

            tx.driver.device.nic().setUp(true);
            tx.send(800, 800);
            tx.expectLeft(800, 800);
        }
    }

    @Test
    void shouldLetNothingOutWhenTheKeyIsGone() {
        try (XmitFixture tx = XmitFixture.threeRecords()) {
            tx.send(0, 800);
            tx.left.clear();
            tx.driver.device.nic().deks().clear(tx.context.dek());
            tx.send(800, 800);
            assertThat(tx.left).isEmpty();
        }
    }

    /** The params of another record were flushed: the device must not seal this one under the last one's number. */
    @Test
    void shouldProgramTheDeviceAnewBehindParamsThatWereFlushed() {
        try (XmitFixture tx = XmitFixture.sent()) {
            tx.send(0, 300);
            tx.posted();
            tx.left.clear();
            tx.driver.device.nic().setUp(false);
            tx.send(RECORD, 995);
            tx.posted();
            tx.driver.device.nic().setUp(true);

            tx.send(RECORD, 995);

            assertThat(tx.posted()).containsExactly("STATIC F", "PROGRESS F", "NOP F", "SEND");
            tx.expectLeft(RECORD, 995);
        }
    }

    /** Whichever WQE of a resync fails, nothing leaves; and the next try is right, wherever it starts. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void shouldProgramTheDeviceAnewWhicheverWqeOfAResyncFails(int failed) {
        for (int retry : new int[] {RECORD + 2_000, RECORD + 100, 100}) {
            try (XmitFixture tx = XmitFixture.sent()) {
                tx.send(0, 300);
                tx.left.clear();
                tx.driver.channel.failAfter(failed);
                tx.send(RECORD + 2_000, 500);
                assertThat(tx.left).as("WQE %d fails", failed).isEmpty();

                tx.send(retry, 500);

                tx.expectLeft(retry, 500);
            }
        }
    }

    /** Params that completed are known, and left out the next time; params that failed are not. */
    @Test
    void shouldLeaveOutOnlyStaticParamsThatHaveCompleted() {
        try (XmitFixture tx = XmitFixture.sent()) {
            tx.send(RECORD + 100, 100);
            tx.driver.channel.failAfter(0);
            tx.send(RECORD + 50, 100);
            tx.posted();
            tx.left.clear();

            tx.send(RECORD + 50, 100);

            assertThat(tx.posted()).containsExactly("STATIC F", "PROGRESS F", "NOP F", "DUMP 50", "SEND");
            tx.expectLeft(RECORD + 50, 100);
        }
    }

    /** What is behind one failure in the queue has failed for the same cause. */
    @Test
    void shouldCountOneFailureForAllThatWasQueuedBehindIt() {
        try (XmitFixture tx = XmitFixture.threeRecords()) {
            tx.send(0, 100);
            tx.driver.channel.failNextSend();
            for (int i = 1; i <= 40; i++) {
                tx.xmit.send(tx.context, XmitFixture.START + 100 * i, 100, null);
            }
            tx.driver.channel.send().poll();

            assertThat(tx.driver.counter("tx_cqe_err")).isEqualTo(40);
            assertThat(tx.xmit.failuresInARow()).isEqualTo(1);
        }
    }
}
