package io.offramp.offload.device.driver.rx;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.device.driver.rx.RecordAssembler.Work;
import io.offramp.offload.device.driver.session.DriverSettings;
import io.offramp.offload.device.wire.Faults;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The strategy CORE_NEXT_HINT: when the host gives the device the start of the next record. */
class HintResyncTest {
    private static final int RECORD_BYTES = 100;

    private final ResyncFixture rx = new ResyncFixture(
            DriverSettings.DEFAULTS.withWire(Faults.NONE).hinting().withDemoteAfter(1_000));
    private final HintResync resync = new HintResync(rx.context);
    private int sequence = 5_000;
    private long number = 40;

    @AfterEach
    void close() {
        resync.close();
        rx.close();
    }

    /** Counted from the first encrypted one: targets of 2, doubled up to 128, then 128 more each time. */
    @Test
    void shouldHintWhenTheCountPassesTargetsThatDoubleUpTo128AndGrowBy128Then() {
        assertThat(hintsDuring(800)).containsExactly(3, 5, 9, 17, 33, 65, 129, 257, 385, 513, 641, 769);
    }

    @Test
    void shouldNameTheRecordBehindTheOneThatIsHere() {
        hintsDuring(3);

        assertThat(rx.tir().nextTcpSequence()).isEqualTo(sequence);
        assertThat(rx.tir().recordNumber()).isEqualTo(number);
        assertThat(rx.driver.counter("rx_tls_resync_res_ok")).isEqualTo(1);
        assertThat(rx.driver.counter("tls_rx_device_resync")).isEqualTo(1);
        assertThat(rx.driver.counter("rx_tls_resync_req_start"))
                .as("nobody asked")
                .isZero();
    }

    @Test
    void shouldStartOverBehindARecordThatTheDeviceDecrypted() {
        assertThat(hintsDuring(10)).containsExactly(3, 5, 9);

        record(Work.DEVICE, false);

        assertThat(hintsDuring(10)).containsExactly(3, 5, 9);
    }

    @Test
    void shouldStartOverBehindARecordOfWhichTheDeviceDecryptedAPart() {
        hintsDuring(2);

        record(Work.MIXED, false);

        assertThat(hintsDuring(4)).containsExactly(3);
    }

    @Test
    void shouldNotHintWhileTheDeviceDecrypts() {
        for (int i = 0; i < 300; i++) {
            record(Work.DEVICE, false);
            record(Work.HOST, false);
            record(Work.HOST, false);
        }

        assertThat(hints()).isZero();
    }

    /** The hint is for a record that is not here yet: while more is queued it waits, and what passes is not counted. */
    @Test
    void shouldWaitWhileMoreIsQueuedAndThenNameTheRecordBehindAll() {
        record(Work.HOST, true);
        record(Work.HOST, true);
        record(Work.HOST, true);
        for (int i = 0; i < 20; i++) {
            record(Work.HOST, true);
        }
        assertThat(hints()).isZero();

        record(Work.HOST, false);

        assertThat(hints()).isEqualTo(1);
        assertThat(rx.tir().nextTcpSequence()).isEqualTo(sequence);
        assertThat(rx.tir().recordNumber()).isEqualTo(number);
        record(Work.HOST, false);
        assertThat(hints()).as("the 5th that counts").isEqualTo(2);
    }

    @Test
    void shouldNotHintAnyMoreWhenTheDeviceFoundItsPositionWhileTheHintWaited() {
        for (int i = 0; i < 3; i++) {
            record(Work.HOST, true);
        }
        record(Work.DEVICE, false);

        assertThat(hints()).isZero();
    }

    @Test
    void shouldIgnoreWhatTheDeviceAsks() {
        resync.onRequest(sequence, 100);

        assertThat(rx.driver.counter("rx_tls_resync_req_start")).isZero();
    }

    @Test
    void shouldCountAHintThatTheDeviceDoesNotTake() {
        rx.driver.device.nic().setUp(false);
        hintsDuring(3);

        assertThat(rx.driver.counter("rx_tls_resync_res_ok")).isZero();
        assertThat(rx.driver.counter("rx_tls_resync_res_skip")).isEqualTo(1);
    }

    /** The ones of {@code records} encrypted records that caused a hint, counted from 1. */
    private List<Integer> hintsDuring(int records) {
        List<Integer> at = new ArrayList<>();
        for (int i = 1; i <= records; i++) {
            long before = hints();
            record(Work.HOST, false);
            if (hints() > before) {
                at.add(i);
            }
        }
        return at;
    }

    private void record(Work work, boolean hasMore) {
        resync.onRecord(sequence, RECORD_BYTES, number++, work, hasMore);
        sequence += RECORD_BYTES;
    }

    private long hints() {
        return rx.driver.counter("tls_rx_device_resync");
    }
}
