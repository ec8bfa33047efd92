package io.offramp.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private static final long S = TimeUnit.SECONDS.toNanos(1);

    private final EmbeddedChannel channel = new EmbeddedChannel();
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
}
