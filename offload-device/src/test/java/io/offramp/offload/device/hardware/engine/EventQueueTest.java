package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.device.hardware.queue.Moderation;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private final AtomicInteger interrupts = new AtomicInteger();
    private final EventQueue events = new EventQueue();

    EventQueueTest() {
        events.onInterrupt(interrupts::incrementAndGet);
    }

    @Test
    void shouldReportAtOnceWhereNothingIsModerated() {
        assertThat(events.raiseIfDue(0)).as("nothing has completed").isFalse();
        events.add(1, 0);
        assertThat(events.raiseIfDue(0)).isTrue();
        assertThat(events.raiseIfDue(1_000)).as("once").isFalse();
        assertThat(interrupts).hasValue(1);
        assertThat(events.events()).isEqualTo(1);
    }

    @Test
    void shouldReportAllThatCompletesWithinTheDelayTogether() {
        events.moderate(new Moderation(8_000, 128));
        events.add(1, 1_000);
        assertThat(events.raiseIfDue(1_000)).isFalse();
        assertThat(events.nsToDue(3_000)).isEqualTo(6_000);
        events.add(1, 8_000);
        assertThat(events.raiseIfDue(8_999)).isFalse();

        assertThat(events.raiseIfDue(9_000)).as("8 us behind the first").isTrue();

        assertThat(interrupts).hasValue(1);
        assertThat(events.nsToDue(9_000)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldNotWaitWhereManyHaveCompleted() {
        events.moderate(new Moderation(8_000, 4));
        events.add(3, 0);
        assertThat(events.raiseIfDue(1)).isFalse();
        events.add(1, 1);
        assertThat(events.raiseIfDue(1)).isTrue();
    }
}
