package io.offramp.offload.device.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The model's TCP: whatever the wire does, every byte arrives, once, in order. */
class TcpTest {
    private static final long START = (1L << 32) - 10_000;
    private static final int BYTES = 60_000;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

    /** What one run put on the wire, and what came out at the end. */
    private record Run(List<TcpSender.Range> sent, byte[] arrived) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "loss=10% reorder=10% duplicate=10%",
                "loss=30% resegment=50% retransmit=30% ack-lag=50% mss=200",
                "duplicate=50% reorder=50% retransmit=50% mss=9000",
            })
    void shouldDeliverEveryByteOnceAndInOrder(String wire) {
        byte[] content = new byte[BYTES];
        new Random(1).nextBytes(content);
        for (int seed = 0; seed < 40; seed++) {
            Run run = run("seed=" + seed + " " + wire, content);

            assertThat(run.arrived).as("seed %d", seed).isEqualTo(content);
        }
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void shouldDoTheSameAgainWithTheSameSeed() {
        byte[] content = new byte[BYTES];
        String wire = "loss=10% reorder=10% resegment=30% retransmit=10% ack-lag=20% seed=";

        assertThat(run(wire + 5, content).sent)
                .isEqualTo(run(wire + 5, content).sent)
                .isNotEqualTo(run(wire + 6, content).sent);
    }

    @Test
    void shouldSendNothingTwiceOnAWireWithoutFaults() {
        Run run = run("", new byte[BYTES]);

        long next = START;
        for (TcpSender.Range range : run.sent) {
            assertThat(range.position()).isEqualTo(next);
            next += range.bytes();
        }
        assertThat(next).isEqualTo(START + BYTES);
    }

    @Test
    void shouldSendTheFirstMissingPartAgainAfterThreeDuplicateAcknowledgments() {
        TcpSender sender = new TcpSender(Faults.NONE::mss, Chance.seeded(Faults.NONE, 0), 100, false);
        sender.extend(10_000);
        for (int i = 0; i < 4; i++) {
            sender.poll();
        }

        sender.onAck(100);
        sender.onAck(100);
        assertThat(poll(sender).position()).isEqualTo(100 + 4 * Faults.DEFAULT_MSS);
        sender.onAck(100);
        assertThat(sender.poll()).isEqualTo(new TcpSender.Range(100, Faults.DEFAULT_MSS));
        assertThat(sender.unacknowledged()).isEqualTo(100);
    }

    @Test
    void shouldKeepWithinItsWindowAndSendAgainAfterATimeout() {
        TcpSender sender = new TcpSender(Faults.NONE::mss, Chance.seeded(Faults.NONE, 0), 0, true);
        sender.extend(1_000_000);
        long sent = 0;
        for (TcpSender.Range range = sender.poll(); range != null; range = sender.poll()) {
            assertThat(range.bytes()).isEqualTo(8 * Faults.DEFAULT_MSS);
            sent += range.bytes();
        }
        assertThat(sent).isEqualTo(32 * Faults.DEFAULT_MSS);

        sender.onTimeout();
        assertThat(sender.poll()).isEqualTo(new TcpSender.Range(0, Faults.DEFAULT_MSS));
    }

    @Test
    void shouldCutOverlapsAndKeepEachSegmentsMark() {
        List<String> delivered = new ArrayList<>();
        TcpReceiver receiver = new TcpReceiver(0, (payload, mark) -> {
            delivered.add(mark + ":" + ByteBufUtil.hexDump(payload));
            payload.release();
        });

        receiver.receive(4, bytes(4, 5, 6), 7);
        receiver.receive(2, bytes(2, 3), 8);
        assertThat(receiver.isInOrder()).isFalse();
        receiver.receive(0, bytes(0, 1, 2), 9);
        receiver.receive(5, bytes(5, 6, 7), 1);
        receiver.receive(0, bytes(0, 1, 2, 3, 4, 5, 6, 7), 2);

        assertThat(delivered).containsExactly("9:000102", "8:03", "7:040506", "1:07");
        assertThat(receiver.next()).isEqualTo(8);
        assertThat(receiver.isInOrder()).isTrue();
    }

    @Test
    void shouldFindThePositionOfASequenceAcrossItsWrap() {
        TcpReceiver receiver = new TcpReceiver((5L << 32) - 100, (payload, mark) -> payload.release());

        assertThat(receiver.positionOf(-100, 0)).isEqualTo((5L << 32) - 100);
        assertThat(receiver.positionOf(50, 0)).isEqualTo((5L << 32) + 50);
        assertThat(receiver.positionOf(-500, 0)).isEqualTo((5L << 32) - 500);
        assertThat(receiver.positionOf(-93, 7)).isEqualTo((5L << 32) - 100);
    }

    @Test
    void shouldDropWhatWaitsWhenClosed() {
        ByteBuf waiting = bytes(1, 2);
        TcpReceiver receiver = new TcpReceiver(0, (payload, mark) -> payload.release());
        receiver.receive(9, waiting, 0);

        receiver.close();

        assertThat(waiting.refCnt()).isZero();
    }

    private Run run(String text, byte[] content) {
        Faults faults = Faults.parse(text);
        Chance chance = Chance.seeded(faults, 1);
        Wire wire = new Wire(chance, allocator);
        TcpSender sender = new TcpSender(faults::mss, chance, START, faults.mss() > 1_000);
        ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        TcpReceiver receiver = new TcpReceiver(START, (payload, mark) -> {
            arrived.writeBytes(ByteBufUtil.getBytes(payload));
            payload.release();
        });
        List<TcpSender.Range> sent = new ArrayList<>();
        ByteBuf all = Unpooled.wrappedBuffer(content);
        ByteBuf header = Unpooled.buffer(4).writeZero(4);
        sender.extend(content.length);
        for (int steps = 0; receiver.next() < START + content.length; steps++) {
            assertThat(steps).as("%s: steps", text).isLessThan(100_000);
            TcpSender.Range range = sender.poll();
            if (range != null) {
                sent.add(range);
                header.setInt(0, (int) range.position());
                wire.send(header, 4, all, (int) (range.position() - START), range.bytes());
            }
            Wire.Packet packet = wire.next();
            if (packet != null) {
                receiver.receive(receiver.positionOf(packet.header().getInt(0), 0), packet.payload(), 0);
                packet.header().release();
                if (!chance.happens(Fault.ACK_LAG)) {
                    sender.onAck(receiver.next());
                }
            } else if (range == null) {
                sender.onTimeout();
            }
        }
        wire.close();
        receiver.close();
        return new Run(sent, arrived.toByteArray());
    }

    private static TcpSender.Range poll(TcpSender sender) {
        TcpSender.Range range = sender.poll();
        assertThat(range).isNotNull();
        return range;
    }

    private static ByteBuf bytes(int... values) {
        ByteBuf buffer = Unpooled.buffer(values.length);
        for (int value : values) {
            buffer.writeByte(value);
        }
        return buffer;
    }
}
