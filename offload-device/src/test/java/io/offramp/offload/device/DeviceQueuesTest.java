package io.offramp.offload.device;

import static io.offramp.offload.device.DeviceFixture.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.offramp.offload.InstallResult;
import io.offramp.offload.InstallResult.Installed;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordMode;
import io.offramp.offload.RxSession;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.hardware.engine.SteppedEngine.Step;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.CollectingRxSink;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.offload.tck.SessionFixtures;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several receive queues, and live sessions when their number changes. */
class DeviceQueuesTest {
    private static final int RECORDS = 64;

    /** The TIR misses a packet while the flow is led elsewhere, and gets its position back by a question. */
    @ParameterizedTest
    @ValueSource(strings = {"async", "hint"})
    void shouldRegainThePositionOfAFlowThatMovesToAnotherQueue(String resync) {
        try (DeviceFixture fixture = new DeviceFixture("rqs", "64", "resync", resync)) {
            SessionFixtures.Rx rx = fixture.sessions().rx(TLS_1_3, 0);
            DeviceChannel channel =
                    Objects.requireNonNull(fixture.device().driver().channel());
            receive(fixture, rx, 4);
            assertThat(fixture.counter("rx_tls_decrypted_packets")).isEqualTo(4);

            channel.resize(1);
            receive(fixture, rx, RECORDS);

            assertThat(channel.receiveQueues()).isEqualTo(1);
            assertThat(fixture.counter("rx_tls_moved")).isEqualTo(1);
            assertThat(fixture.counter("tls_rx_device_resync")).as("resyncs").isPositive();
            assertThat(fixture.counter("rx_tls_decrypted_packets"))
                    .as("most of the records behind the move")
                    .isBetween(4L + RECORDS / 2, 4L + RECORDS - 1);
            assertThat(rx.session().info().mode()).isEqualTo(RecordMode.HW);
            assertThat(fixture.device().nic().steering().used()).as("rules").isEqualTo(1);
        }
    }

    @Test
    void shouldKeepFlowsOfQueuesThatStayWhereTheyAre() {
        try (DeviceFixture fixture = new DeviceFixture("rqs", "1")) {
            SessionFixtures.Rx rx = fixture.sessions().rx(TLS_1_3, 0);
            DeviceChannel channel =
                    Objects.requireNonNull(fixture.device().driver().channel());

            channel.resize(8);
            receive(fixture, rx, RECORDS);

            assertThat(channel.receiveQueues()).isEqualTo(8);
            assertThat(fixture.counter("rx_tls_moved")).isZero();
            assertThat(fixture.counter("rx_tls_decrypted_packets")).isEqualTo(RECORDS);
        }
    }

    @Test
    void shouldCarryEveryByteWhileFlowsMoveAndQueuesComeAndGo() {
        try (DeviceFixture fixture =
                new DeviceFixture("rqs", "4", "faults", "seed=3 move=5% resize=2% loss=2% reorder=2% mss=500")) {
            SessionFixtures.Rx rx = fixture.sessions().rx(TLS_1_3, 0);
            byte[] content = fixture.sessions().content(400_000);

            fixture.sessions().receive(rx, rx.peer().sealAll(ContentType.APPLICATION_DATA.code(), content, 3_000));

            assertThat(rx.sink().data()).isEqualTo(content);
            assertThat(fixture.counter("rx_tls_moved")).isGreaterThan(10);
            assertThat(fixture.counter("rx_tls_decrypted_packets")).isGreaterThan(100);
            assertThat(rx.session().info().mode()).isEqualTo(RecordMode.HW);
        }
    }

    /** Some flows are led elsewhere twice before a packet leads them back, in a table without an entry to spare. */
    @Test
    void shouldMoveAllFlowsOfAFullTableTwice() {
        int flows = 16;
        try (DeviceFixture fixture = new DeviceFixture("rqs", "64", "steering", "" + flows)) {
            List<SessionFixtures.Rx> all = IntStream.rangeClosed(1, flows)
                    .mapToObj(port -> install(fixture, port))
                    .toList();
            DeviceChannel channel =
                    Objects.requireNonNull(fixture.device().driver().channel());

            channel.resize(2);
            channel.resize(1);
            all.forEach(rx -> receive(fixture, rx, RECORDS));

            assertThat(fixture.counter("rx_tls_moved")).isGreaterThan(flows);
            assertThat(channel.receiveQueueList()).hasSize(1);
            assertThat(fixture.device().nic().steering().used()).as("rules").isEqualTo(flows);
            assertThat(all).allMatch(rx -> rx.session().info().mode() == RecordMode.HW);
            assertThat(fixture.counter("rx_tls_decrypted_packets")).isGreaterThan(flows * RECORDS / 2);
            all.forEach(rx -> rx.session().close());
            assertThat(fixture.device().nic().steering().used()).as("rules").isZero();
        }
    }

    /** A packet is under way at the end of every poll. */
    @ParameterizedTest
    @CsvSource({"1, 4", "4, 1"})
    void shouldChangeTheNumberOfQueuesWhilePacketsKeepComing(String before, int after) {
        try (SteppedDevice fixture = new SteppedDevice("rqs", before)) {
            SessionFixtures.Rx rx = fixture.sessions().rx(TLS_1_3, 0);
            fixture.settle();
            DeviceChannel channel =
                    Objects.requireNonNull(fixture.device().driver().channel());
            byte[] content = fixture.sessions().content(700);
            present(fixture, rx, content);

            channel.resize(after);
            for (int i = 0; i < 10; i++) {
                present(fixture, rx, content);
                fixture.engine().step(Step.PACKET);
                fixture.poll();
            }

            assertThat(channel.receiveQueueList()).hasSize(after);
            long decrypted = fixture.counter("rx_tls_decrypted_packets");
            for (int i = 0; i < RECORDS; i++) {
                present(fixture, rx, content);
                fixture.settle();
            }
            assertThat(rx.sink().data()).isEqualTo(repeat(content, 11 + RECORDS));
            assertThat(fixture.counter("rx_tls_decrypted_packets"))
                    .as("the device is back")
                    .isGreaterThan(decrypted + RECORDS / 2);
            assertThat(rx.session().info().mode()).isEqualTo(RecordMode.HW);
        }
    }

    private static void present(SteppedDevice fixture, SessionFixtures.Rx rx, byte[] content) {
        byte[] wire = rx.peer().seal(ContentType.APPLICATION_DATA.code(), content);
        rx.session().receive(fixture.sessions().buffer(wire));
    }

    private static byte[] repeat(byte[] content, int times) {
        return Collections.nCopies(times, content).stream().reduce(new byte[0], ReferenceRecords::concat);
    }

    private static SessionFixtures.Rx install(DeviceFixture fixture, int port) {
        Channel channel = fixture.sessions().target().channel();
        TrafficKeys keys = fixture.sessions().keys(TLS_1_3, 0);
        ReferenceRecords peer = new ReferenceRecords(keys);
        CollectingRxSink sink = new CollectingRxSink();
        InstallResult<RxSession> result = fixture.device()
                .installRx(
                        new OffloadTarget(port, channel, SessionFixtures.ipv4(port)),
                        keys,
                        RecordBoundary.start(Direction.RX),
                        sink);
        assertThat(result).isInstanceOf(Installed.class);
        return new SessionFixtures.Rx(((Installed<RxSession>) result).session(), sink, keys, peer);
    }

    private static void receive(DeviceFixture fixture, SessionFixtures.Rx rx, int records) {
        byte[] before = rx.sink().data();
        byte[] content = fixture.sessions().content(700 * records);
        for (int i = 0; i < records; i++) {
            byte[] one = Arrays.copyOfRange(content, 700 * i, 700 * (i + 1));
            fixture.sessions().receive(rx, rx.peer().seal(ContentType.APPLICATION_DATA.code(), one));
        }
        assertThat(rx.sink().data()).isEqualTo(ReferenceRecords.concat(before, content));
    }
}
