package io.offramp.offload.device;

import static io.offramp.offload.device.DeviceFixture.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.RecordMode;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.hardware.engine.SteppedEngine.Step;
import io.offramp.offload.device.hardware.queue.QueueState;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.tck.SessionFixtures;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A queue that fails is reset by the driver, and no session ends or leaves the device for it. */
class QueueRecoveryTest {
    private static final int DATA = ContentType.APPLICATION_DATA.code();

    /** Of two sessions with work in one send queue, both are flushed, and both go on. */
    @Test
    void shouldFlushWhatIsBehindAFailureAndGoOnWithAllSessions() {
        try (SteppedDevice fixture = new SteppedDevice()) {
            SessionFixtures.Tx first = fixture.sessions().tx(TLS_1_3, 0);
            SessionFixtures.Tx second = fixture.sessions().tx(TLS_1_3, 0);
            byte[] content = fixture.sessions().content(100);
            fixture.queues().failNextSend();

            seal(fixture, first, content);
            seal(fixture, second, content);
            fixture.engine().run();
            assertThat(fixture.queues().sendQueue().state()).isEqualTo(QueueState.ERROR);
            fixture.settle();

            assertThat(fixture.queues().sendQueue().state()).isEqualTo(QueueState.READY);
            assertThat(first.sink().wire()).isEqualTo(first.expected().seal(DATA, content));
            assertThat(second.sink().wire()).isEqualTo(second.expected().seal(DATA, content));
            assertThat(fixture.counter("tx_tls_encrypted_packets"))
                    .as("the second was flushed, not sealed")
                    .isZero();
            assertThat(fixture.counter("tx_recover")).isEqualTo(1);

            seal(fixture, first, content);
            seal(fixture, second, content);
            fixture.settle();
            assertThat(fixture.counter("tx_tls_encrypted_packets")).isEqualTo(2);
            assertThat(first.session().info().mode()).isEqualTo(RecordMode.HW);
            assertThat(second.session().info().mode()).isEqualTo(RecordMode.HW);
        }
    }

    /** Nothing is posted to a queue that has failed until it is reset: the host does the work meanwhile. */
    @Test
    void shouldPostNothingWhileAQueueIsNotReset() {
        try (SteppedDevice fixture = new SteppedDevice()) {
            SessionFixtures.Tx tx = fixture.sessions().tx(TLS_1_3, 0);
            byte[] content = fixture.sessions().content(100);
            fixture.queues().failNextSend();
            seal(fixture, tx, content);
            seal(fixture, tx, content);
            for (int i = 0; i < 4; i++) {
                fixture.engine().step(Step.SEND);
            }
            fixture.poll();
            int waiting = fixture.queues().sendQueue().waiting();
            assertThat(waiting).as("to be flushed").isPositive();

            seal(fixture, tx, content);

            assertThat(fixture.queues().sendQueue().waiting()).isEqualTo(waiting);
            assertThat(fixture.counter("tx_queue_stopped")).isEqualTo(1);
            fixture.settle();
            assertThat(fixture.counter("tx_recover")).isEqualTo(1);
        }
    }

    /** A session that is flushed for the failures of another one has not failed itself. */
    @Test
    void shouldNotGiveTheDeviceBackForTheFailuresOfOthers() {
        try (SteppedDevice fixture = new SteppedDevice()) {
            SessionFixtures.Tx failing = fixture.sessions().tx(TLS_1_3, 0);
            SessionFixtures.Tx flushed = fixture.sessions().tx(TLS_1_3, 0);
            byte[] content = fixture.sessions().content(100);

            for (int i = 0; i < 40 && failing.session().info().mode() == RecordMode.HW; i++) {
                fixture.queues().failNextSend();
                seal(fixture, failing, content);
                seal(fixture, flushed, content);
                fixture.settle();
            }

            assertThat(failing.session().info().mode()).isEqualTo(RecordMode.SW);
            assertThat(flushed.sink().degradations()).isEmpty();
            assertThat(flushed.session().info().mode()).isEqualTo(RecordMode.HW);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "4"})
    void shouldResetAReceiveQueueThatHasFailed(String rqs) {
        try (DeviceFixture fixture = new DeviceFixture("rqs", rqs)) {
            SessionFixtures.Rx rx = fixture.sessions().rx(TLS_1_3, 0);
            DeviceChannel channel =
                    Objects.requireNonNull(fixture.device().driver().channel());
            channel.failNextPacket();

            int records = 40;
            for (int i = 0; i < records; i++) {
                fixture.sessions()
                        .receive(rx, rx.peer().seal(DATA, fixture.sessions().content(700)));
            }

            assertThat(rx.sink().data()).hasSize(700 * records);
            assertThat(fixture.counter("rx_recover")).isEqualTo(1);
            assertThat(fixture.counter("rx_tls_decrypted_packets"))
                    .as("the device is back")
                    .isGreaterThan(records / 2);
            assertThat(rx.session().info().mode()).isEqualTo(RecordMode.HW);
        }
    }

    @Test
    void shouldReportTheHealthOfEachQueue() {
        try (DeviceFixture fixture = new DeviceFixture("rqs", "2")) {
            SessionFixtures.Tx tx = fixture.sessions().tx(TLS_1_3, 0);
            DeviceChannel channel =
                    Objects.requireNonNull(fixture.device().driver().channel());
            String loop = Thread.currentThread().getName();
            assertThat(fixture.device().driver().health()).isEqualTo("""
                    device:
                      reporter tx
                        state healthy error 0 recover 0 auto_recover true
                          %1$s sq: state ready error 0 recover 0 last none
                      reporter rx
                        state healthy error 0 recover 0 auto_recover true
                          %1$s icosq: state ready error 0 recover 0 last none
                          %1$s rq 0 to 1: state ready error 0 recover 0 last none
                    """.formatted(loop));

            channel.failNextSend();
            tx.session().seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(new byte[10]), 16_384);

            assertThat(fixture.device().driver().health())
                    .contains("sq: state ready error 1 recover 1 last syndrome=0x2 vendor=fault\n");
            Supplier<String> stats = fixture.device().reports().get("stats");
            assertThat(stats).isNotNull();
            assertThat(stats.get())
                    .contains("     tx0_cqe_err: 1\n     tx0_recover: 1\n")
                    .contains("     rx1_packets: 0\n");
        }
    }

    private static void seal(SteppedDevice fixture, SessionFixtures.Tx tx, byte[] content) {
        tx.session().seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(content), 16_384);
    }
}
