package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordMode;
import io.offramp.offload.RxSession;
import io.offramp.offload.TxSession;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.CollectingRxSink;
import io.offramp.offload.tck.CollectingTxSink;
import io.offramp.offload.tck.Protection;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many connections of one event loop, whose steps interleave at random, on its one set of queues: none leaves the
 * device.
 */
class DeviceInterleavingTest {
    private static final int CONNECTIONS = 25;
    private static final int STEPS = 3_000;

    private final DeviceFixture fixture = new DeviceFixture("contexts", "60", "deks", "80");
    private final EmbeddedChannel channel =
            (EmbeddedChannel) fixture.sessions().target().channel();

    /** Both ends of a connection, on the same device: what one seals, the other opens. */
    private final class Loop {
        private final Random random;
        private final OffloadTarget target;
        private final Protection protection;
        private final CollectingTxSink txSink = new CollectingTxSink();
        private final CollectingRxSink rxSink = new CollectingRxSink();
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private TxSession tx;
        private RxSession rx;
        private int delivered;

        Loop(Random random, int port) {
            this.random = random;
            protection = port % 2 == 0 ? DeviceFixture.TLS_1_3 : DeviceFixture.TLS_1_2;
            target = new OffloadTarget(
                    port,
                    channel,
                    new FiveTuple(
                            new InetSocketAddress("192.0.2.1", 443), new InetSocketAddress("198.51.100.7", port)));
            TrafficKeys keys = fixture.sessions().keys(protection, 0);
            long position = random.nextLong(1L << 48);
            rx = install(keys.copyAt(0), RecordBoundary.start(Direction.RX).movedTo(position, 0));
            tx = session(fixture.device()
                    .installTx(target, keys, RecordBoundary.start(Direction.TX).movedTo(position, 0), txSink));
        }

        private RxSession install(TrafficKeys keys, RecordBoundary at) {
            return session(fixture.device().installRx(target, keys, at, rxSink));
        }

        void step() {
            switch (random.nextInt(10)) {
                case 0 -> rekey();
                case 1 -> moveTx();
                case 2 -> moveRx();
                case 3, 4, 5 -> deliver(random.nextInt(30_000));
                default -> seal();
            }
        }

        private void seal() {
            byte[] content = fixture.sessions().content(random.nextInt(random.nextInt(20) == 0 ? 40_000 : 600));
            sent.writeBytes(content);
            int maxPlaintextBytes = 50 + random.nextInt(4_000);
            tx.seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(content), maxPlaintextBytes);
        }

        private void deliver(int most) {
            byte[] wire = txSink.wire();
            int bytes = Math.min(most, wire.length - delivered);
            ByteBuf part = Unpooled.wrappedBuffer(wire, delivered, bytes);
            delivered += bytes;
            rx.receive(channel.alloc().directBuffer(bytes + 1).writeBytes(part));
        }

        private void rekey() {
            if (protection.isTls13()) {
                deliver(Integer.MAX_VALUE);
                TrafficKeys next = fixture.sessions().keys(protection, 0);
                rx.rekey(boundary(rx.boundary()), next.copyAt(0));
                tx.rekey(boundary(tx.boundary()), next);
            }
        }

        private void moveTx() {
            RecordBoundary at = boundary(tx.boundary());
            tx = session(fixture.device().installTx(target, tx.export(at), at, txSink));
        }

        private void moveRx() {
            RecordBoundary at = boundary(rx.boundary());
            RxSession.Export export = rx.export(at);
            rx = install(export.keys(), at);
            rx.receive(export.pending());
        }

        private RecordBoundary boundary(@Nullable RecordBoundary boundary) {
            assertThat(boundary).isNotNull();
            return boundary;
        }

        void end(String seed) {
            deliver(Integer.MAX_VALUE);
            assertThat(rxSink.data()).as(seed).isEqualTo(sent.toByteArray());
            assertThat(rxSink.faults()).as(seed).isEmpty();
            assertThat(tx.info().mode()).as(seed).isEqualTo(RecordMode.HW);
            assertThat(rx.info().mode()).as(seed).isEqualTo(RecordMode.HW);
            assertThat(rxSink.degradations()).as(seed).isEmpty();
            assertThat(txSink.degradations()).as(seed).isEmpty();
            tx.close();
            rx.close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldKeepEveryConnectionOnTheDevice(long seed) {
        Random random = new Random(seed);
        List<Loop> loops = new ArrayList<>();
        int port = 1_024;
        try (fixture) {
            for (int i = 0; i < STEPS; i++) {
                if (loops.size() < CONNECTIONS) {
                    loops.add(new Loop(random, port++));
                }
                loops.get(random.nextInt(loops.size())).step();
                if (random.nextInt(40) == 0) {
                    loops.remove(random.nextInt(loops.size())).end("seed " + seed + ", step " + i);
                }
            }
            loops.forEach(loop -> loop.end("seed " + seed));

            assertThat(fixture.counter("tx_cqe_err")).isZero();
            assertThat(fixture.counter("rx_tls_err")).isZero();
            assertThat(fixture.counter("tx_tls_encrypted_bytes")).isPositive();
            assertThat(fixture.counter("rx_tls_sw_records")).isZero();
            // What a session that moves has of a partial record is presented again.
            assertThat(fixture.counter("rx_tls_decrypted_bytes"))
                    .isGreaterThanOrEqualTo(fixture.counter("tx_tls_encrypted_bytes"));
        }
    }

    private static <S> S session(InstallResult<S> result) {
        assertThat(result).isInstanceOf(InstallResult.Installed.class);
        return ((InstallResult.Installed<S>) result).session();
    }
}
