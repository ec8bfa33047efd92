package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.Eqe;
import io.offramp.offload.device.hardware.queue.EventRing;
import io.offramp.offload.device.hardware.queue.Moderation;
import io.offramp.offload.device.hardware.queue.ReceiveQueues;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From a CQE to an EQE to an interrupt. */
class EventQueueTest {
    private final AtomicInteger interrupts = new AtomicInteger();
    private final CompletionQueue send = new CompletionQueue(1, 8);
    private final CompletionQueue control = new CompletionQueue(2, 8);
    private final ReceiveQueues receive = new ReceiveQueues(0, 3, 8, 1);
    private final EventQueue events = new EventQueue(send, control, receive);

    EventQueueTest() {
        events.onInterrupt(interrupts::incrementAndGet);
        events.arm();
    }

    @AfterEach
    void close() {
        send.close();
        control.close();
        receive.close();
        events.close();
    }

    @Test
    void shouldReportAtOnceWhereNothingIsModerated() {
        assertThat(events.raiseIfDue(0)).as("nothing has completed").isFalse();
        complete(1, 0);
        assertThat(events.raiseIfDue(0)).isTrue();
        assertThat(events.raiseIfDue(1_000)).as("once").isFalse();
        assertThat(interrupts).hasValue(1);
        assertThat(events.events()).isEqualTo(1);
    }

    @Test
    void shouldNameTheCompletionQueuesThatHaveNewEntries() {
        complete(2, 0);
        receive.all().getFirst().onError(0);
        events.raise();

        assertThat(taken()).containsExactly(1, 256);
        assertThat(taken()).isEmpty();
        assertThat(interrupts).as("for both").hasValue(1);
    }

    /** Nobody has said that it has looked: the driver takes what comes meanwhile with what it was told about. */
    @Test
    void shouldSendNoEventForAQueueThatIsNotArmedAgain() {
        complete(1, 0);
        events.raise();
        complete(1, 0);
        assertThat(events.raise()).as("not armed").isFalse();
        assertThat(events.nsToDue(0)).isEqualTo(Long.MAX_VALUE);

        take();
        events.arm();
        assertThat(events.raise()).as("nothing behind the arm").isFalse();
        complete(1, 0);
        assertThat(events.raise()).isTrue();
        assertThat(interrupts).hasValue(2);
    }

    /** An entry that came between the driver's last look and its arm. */
    @Test
    void shouldSendAnEventForAnEntryThatIsThereAlreadyWhenTheQueueIsArmed() {
        complete(1, 0);
        events.raise();
        take();
        complete(1, 0);

        assertThat(events.arm()).as("the device is rung").isTrue();

        assertThat(events.raiseIfDue(0)).isTrue();
        assertThat(taken()).containsExactly(1);
    }

    /** The arm counts the events that the driver has seen: one that got lost is not followed by others. */
    @Test
    void shouldTakeAnArmForNothingThatDoesNotKnowOfTheLastEvent() {
        complete(1, 0);
        events.raise();
        send.poll();
        events.arm();
        complete(1, 0);
        assertThat(events.raise()).isFalse();

        take();
        events.arm();
        complete(1, 0);
        assertThat(events.raise()).isTrue();
    }

    /** The driver found the entry before the event, and the RQ is gone when the event is taken. */
    @Test
    void shouldNotCountTheEventOfAQueueThatIsGoneForItsSuccessor() {
        receive.resize(2);
        events.arm();
        receive.all().get(1).onError(0);
        events.raise();
        receive.all().get(1).completions().poll();
        receive.resize(1);
        receive.resize(2);

        int gone = taken().getFirst();
        assertThat(receive.completions(gone)).isNull();
        events.arm();
        receive.all().get(1).onError(0);
        assertThat(events.raise()).isTrue();

        CompletionQueue successor = receive.all().get(1).completions();
        assertThat(taken()).containsExactly(successor.number());
        assertThat(receive.completions(successor.number())).isSameAs(successor);
    }

    @Test
    void shouldStayRaisedWhenTheInterruptIsNotTaken() {
        events.onInterrupt(() -> {
            throw new IllegalStateException("asked for");
        });
        complete(1, 0);
        assertThatThrownBy(() -> events.raiseIfDue(0)).isInstanceOf(IllegalStateException.class);
        events.onInterrupt(interrupts::incrementAndGet);

        assertThat(events.raiseIfDue(0)).isTrue();

        assertThat(interrupts).hasValue(1);
        assertThat(taken()).containsExactly(1);
    }

    @Test
    void shouldGoRoundTheRing() {
        for (int i = 0; i < 1_000; i++) {
            complete(1, 0);
            assertThat(events.raise()).isTrue();
            assertThat(take()).containsExactly(1);
            events.arm();
        }
    }

    @Test
    void shouldReportAllThatCompletesWithinTheDelayTogether() {
        events.moderate(new Moderation(8_000, 128));
        complete(1, 1_000);
        assertThat(events.raiseIfDue(1_000)).isFalse();
        assertThat(events.nsToDue(3_000)).isEqualTo(6_000);
        complete(1, 8_000);
        assertThat(events.raiseIfDue(8_999)).isFalse();

        assertThat(events.raiseIfDue(9_000)).as("8 us behind the first").isTrue();

        assertThat(interrupts).hasValue(1);
        assertThat(events.nsToDue(9_000)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldNotWaitWhereManyHaveCompleted() {
        events.moderate(new Moderation(8_000, 4));
        complete(3, 0);
        assertThat(events.raiseIfDue(1)).isFalse();
        complete(1, 1);
        assertThat(events.raiseIfDue(1)).isTrue();
    }

    private void complete(int entries, long nowNs) {
        for (int i = 0; i < entries; i++) {
            send.pushSent(0, 0);
        }
        events.onWorked(nowNs);
    }

    /** The driver takes events and entries. */
    private List<Integer> take() {
        List<Integer> numbers = taken();
        numbers.stream().filter(number -> number == send.number()).forEach(_ -> send.onEvent());
        while (send.poll() != CompletionQueue.EMPTY) {}
        return numbers;
    }

    private List<Integer> taken() {
        List<Integer> numbers = new ArrayList<>();
        EventRing ring = events.ring();
        for (int eqe = ring.poll(); eqe != EventRing.EMPTY; eqe = ring.poll()) {
            assertThat(Eqe.type(ring.memory(), eqe)).isEqualTo(Eqe.COMPLETION);
            numbers.add(Eqe.cqn(ring.memory(), eqe));
        }
        return numbers;
    }
}
