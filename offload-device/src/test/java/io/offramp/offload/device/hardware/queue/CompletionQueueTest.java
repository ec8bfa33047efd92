package io.offramp.offload.device.hardware.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CompletionQueueTest {
    private final CompletionQueue queue = new CompletionQueue(1, 4);

    @AfterEach
    void close() {
        queue.close();
    }

    @Test
    void shouldHaveNothingAtFirst() {
        assertThat(queue.poll()).isEqualTo(CompletionQueue.EMPTY);
    }

    @Test
    void shouldGiveEveryEntryOnceOverManyRounds() {
        int pushed = 0;
        int polled = 0;
        for (int burst : new int[] {1, 4, 3, 0, 2, 4, 4, 1, 3, 4, 4, 4}) {
            for (int i = 0; i < burst; i++) {
                queue.pushSent(pushed, pushed++);
            }
            for (int i = 0; i < burst; i++) {
                int cqe = queue.poll();
                assertThat(Cqe.wqeCounter(queue.memory(), cqe)).isEqualTo(polled);
                assertThat(Cqe.byteCount(queue.memory(), cqe)).isEqualTo(polled++);
            }
            assertThat(queue.poll()).isEqualTo(CompletionQueue.EMPTY);
        }
    }

    @Test
    void shouldFailLoudlyWhenItWouldOverrun() {
        for (int i = 0; i < 4; i++) {
            queue.pushError(i, Syndrome.FLUSHED, Syndrome.NONE);
        }

        assertThatThrownBy(() -> queue.pushSent(4, 0)).isInstanceOf(IllegalStateException.class);
    }
}
