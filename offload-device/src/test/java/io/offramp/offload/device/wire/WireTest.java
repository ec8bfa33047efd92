package io.offramp.offload.device.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WireTest {
    private static final int PACKETS = 2_000;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final ByteBuf header = Unpooled.wrappedBuffer(new byte[40]);

    @AfterEach
    void shouldHoldNothing() {
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void shouldCarryEveryPacketOnceAndInOrderWithoutFaults() {
        List<Integer> arrived = carry("");

        assertThat(arrived).hasSize(PACKETS).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void shouldLoseOnlyWhatItIsToldTo() {
        assertThat(carry("loss=10%")).isSorted().doesNotHaveDuplicates().hasSizeBetween(1_700, 1_900);
    }

    @Test
    void shouldDuplicateWhole() {
        List<Integer> arrived = carry("duplicate=10%");

        assertThat(arrived).isSorted().hasSizeBetween(2_100, 2_300);
        assertThat(arrived.stream().distinct()).hasSize(PACKETS);
    }

    @Test
    void shouldReorderByAFewPackets() {
        List<Integer> arrived = carry("reorder=10%");

        assertThat(arrived).hasSize(PACKETS).doesNotHaveDuplicates();
        int late = 0;
        for (int i = 0; i < PACKETS; i++) {
            assertThat(Math.abs(arrived.get(i) - i)).as("packet %d", i).isLessThanOrEqualTo(16);
            late += arrived.get(i) == i ? 0 : 1;
        }
        assertThat(late).isPositive();
    }

    @Test
    void shouldBeTheSameAgainWithTheSameSeed() {
        String faults = "loss=5% reorder=5% duplicate=5% corrupt=5% seed=";

        assertThat(carry(faults + 3)).isEqualTo(carry(faults + 3)).isNotEqualTo(carry(faults + 4));
    }

    @Test
    void shouldFlipOneBitOfTheCopyAndNoneOfTheOriginal() {
        Faults faults = Faults.parse("corrupt=50%");
        Wire wire = new Wire(Chance.seeded(faults, 0), allocator);
        ByteBuf payload = Unpooled.wrappedBuffer(new byte[100]);
        int flipped = 0;
        for (int i = 0; i < 200; i++) {
            wire.send(header, 40, payload, 0, 100);
            Wire.Packet packet = next(wire);
            int bits = 0;
            for (byte value : ByteBufUtil.getBytes(packet.payload())) {
                bits += Integer.bitCount(value & 0xff);
            }
            assertThat(bits).isLessThanOrEqualTo(1);
            flipped += bits;
            release(packet);
        }

        assertThat(flipped).isBetween(60, 140);
        assertThat(ByteBufUtil.getBytes(payload)).containsOnly(0);
    }

    @Test
    void shouldDropWhatIsUnderWayWhenClosed() {
        Wire wire = new Wire(Chance.seeded(Faults.NONE, 0), allocator);
        wire.send(header, 40, Unpooled.wrappedBuffer(new byte[8]), 0, 8);
        wire.send(header, 40, Unpooled.wrappedBuffer(new byte[8]), 0, 8);
        assertThat(wire.packets()).isEqualTo(2);

        wire.close();

        assertThat(wire.next()).isNull();
    }

    private List<Integer> carry(String text) {
        Faults faults = Faults.parse(text);
        Wire wire = new Wire(Chance.seeded(faults, 5), allocator);
        List<Integer> arrived = new ArrayList<>();
        ByteBuf payload = Unpooled.buffer(4);
        for (int i = 0; i < PACKETS; i++) {
            wire.send(header, 40, payload.setInt(0, i), 0, 4);
            while (wire.packets() > 20) {
                take(wire, arrived);
            }
        }
        while (wire.packets() > 0) {
            take(wire, arrived);
        }
        return arrived;
    }

    private static void take(Wire wire, List<Integer> arrived) {
        Wire.Packet packet = next(wire);
        arrived.add(packet.payload().getInt(0));
        release(packet);
    }

    private static Wire.Packet next(Wire wire) {
        Wire.Packet packet = wire.next();
        assertThat(packet).isNotNull();
        return packet;
    }

    private static void release(Wire.Packet packet) {
        packet.header().release();
        packet.payload().release();
    }
}
