package io.offramp.proxy.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private static final long S = TimeUnit.SECONDS.toNanos(1);

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final MockTicker clock = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(clock).build();
    private int passed;
    private final Deadline deadline = new Deadline(channel.eventLoop(), 5 * S, () -> passed++);

    @Test
    void shouldScheduleOneTaskWhenDeadlineMovesAgainAndAgain() {
        for (int i = 0; i < 1000; i++) {
            deadline.in((10 + i % 7) * S);
        }

        assertThat(passed).isZero();
        deadline.cancel();
        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    }

    @Test
    void shouldPassOnceWhenTimeIsUp() {
        deadline.in(0);

        channel.runScheduledPendingTasks();

        assertThat(passed).isEqualTo(1);
        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    }

    @Test
    void shouldWakeEarlierWhenDeadlineMovesForward() {
        deadline.in(100 * S);
        deadline.in(0);

        channel.runScheduledPendingTasks();

        assertThat(passed).isEqualTo(1);
    }

    @Test
    void shouldNotPassWhenCleared() {
        deadline.in(0);
        deadline.clear();

        channel.runScheduledPendingTasks();

        assertThat(passed).isZero();
    }

    @Test
    void shouldPassAtItsVeryMoment() {
        // Given limits that end between the whole seconds that looks are moved to, shorter and longer than the longest
        // sleep
        for (long limitMs : new long[] {1, 999, 2_001, 4_567, 30_003}) {
            clock.advance(777, TimeUnit.MILLISECONDS);
            long beginNs = clock.nanoTime();
            int before = passed;
            deadline.in(limitMs * MS);

            while (passed == before) {
                clock.advance(channel.runScheduledPendingTasks(), TimeUnit.NANOSECONDS);
                channel.runScheduledPendingTasks();
            }

            assertThat(clock.nanoTime() - beginNs).isEqualTo(limitMs * MS);
        }
    }

    @Test
    void shouldWakeManyIdleConnectionsTogether() {
        // Given a thousand connections that came one by one within two seconds, and idle for far longer
        List<Deadline> idle = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            clock.advance(2, TimeUnit.MILLISECONDS);
            Deadline each = new Deadline(channel.eventLoop(), 30 * S, () -> passed++);
            each.in(300 * S);
            idle.add(each);
        }

        // When almost five minutes pass
        int wakes = 0;
        long endNs = clock.nanoTime() + 290 * S;
        for (long nextNs = channel.runScheduledPendingTasks(); clock.nanoTime() + nextNs < endNs; wakes++) {
            clock.advance(nextNs, TimeUnit.NANOSECONDS);
            nextNs = channel.runScheduledPendingTasks();
        }

        // Then the event loop woke once in each second that had looks in it: three per half minute, at most
        assertThat(wakes).isBetween(10, 30);
        assertThat(passed).isZero();
        idle.forEach(Deadline::cancel);
        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    }
}
