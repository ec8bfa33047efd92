package io.offramp.offload.device.toe;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** A lane between two threads. */
class LaneTest {
    private static final int MANY = 200_000;

    private final Lane lane = new Lane();

    @Test
    void shouldKeepTheOrderAcrossChunks() {
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 100; i++) {
                lane.offer(i);
            }
            assertThat(lane.isEmpty()).isFalse();
            for (int i = 0; i < 100; i++) {
                assertThat(lane.poll()).isEqualTo(i);
            }
            assertThat(lane.isEmpty()).isTrue();
            assertThat(lane.poll()).isNull();
        }
    }

    @Test
    void shouldKeepTheOrderBetweenTwoThreads() throws InterruptedException {
        Thread producer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < MANY; i++) {
                lane.offer(i);
            }
        });

        for (int i = 0; i < MANY; ) {
            Object message = lane.poll();
            if (message == null) {
                Thread.onSpinWait();
            } else {
                assertThat(message).isEqualTo(i++);
            }
        }

        producer.join();
        assertThat(lane.isEmpty()).isTrue();
    }

    @Test
    void shouldReleaseWhatItForgets() {
        ByteBuf buffer = Unpooled.directBuffer(1);
        lane.offer(buffer);
        lane.offer(Signal.End.INPUT);

        lane.clear();

        assertThat(buffer.refCnt()).isZero();
        assertThat(lane.isEmpty()).isTrue();
    }
}
