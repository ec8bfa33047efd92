package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoopShareTest {
    private static final long LEAST = LoopShare.LEAST_NS;

    private final MockTicker clock = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(clock).build();
    private final EventLoop loop = channel.eventLoop();
    private final LoopShare share = new LoopShare(loop);
    private final List<String> ran = new ArrayList<>();

    @Test
    void shouldBeUsedUpByHalfAMillisecondAndThereAgainInTheNextTurn() {
        share.make(() -> pass(LEAST - 1));
        assertThat(share.isLeft()).isTrue();
        share.make(() -> pass(1));
        assertThat(share.isLeft()).isFalse();

        runTurns();

        assertThat(share.isLeft()).isTrue();
    }

    @Test
    void shouldMakeDeferredStepsInOrderAndAsManyPerTurnAsFit() {
        deferSteps(5, LEAST / 2);
        noteTurns(4, 0);

        runTurns();

        assertThat(ran)
                .containsExactly("step 0", "step 1", "turn", "step 2", "step 3", "turn", "step 4", "turn", "turn");
    }

    @Test
    void shouldLetHandshakesHaveAsMuchOfABusyTurnAsAllElse() {
        deferSteps(8, LEAST);
        noteTurns(5, 3 * LEAST);

        runTurns();

        assertThat(ran)
                .containsExactly(
                        "step 0", "turn", "step 1", "step 2", "step 3", "turn", "step 4", "step 5", "step 6", "turn",
                        "step 7", "turn", "turn");
    }

    @Test
    void shouldBeginWithTheLeastWhenHandshakesHavePaused() {
        deferSteps(1, LEAST);
        noteTurns(3, 9 * LEAST);
        runTurns();

        share.make(() -> pass(LEAST));

        assertThat(share.isLeft()).isFalse();
    }

    @Test
    void shouldLetNobodyPassThoseThatWait() {
        share.defer(() -> {});
        assertThat(share.isLeft()).isFalse();

        runTurns();

        assertThat(share.isLeft()).isTrue();
    }

    @Test
    void shouldBeOneForEachEventLoop() {
        assertThat(LoopShare.of(loop)).isSameAs(LoopShare.of(loop));
        assertThat(LoopShare.of(new EmbeddedChannel().eventLoop())).isNotSameAs(LoopShare.of(loop));
    }

    private void deferSteps(int steps, long ns) {
        for (int i = 0; i < steps; i++) {
            String step = "step " + i;
            share.defer(() -> {
                ran.add(step);
                pass(ns);
            });
        }
    }

    /** In each turn, behind what the share does in it, something else that takes its time. */
    private void noteTurns(int turns, long ns) {
        if (turns > 0) {
            loop.schedule(
                    () -> {
                        ran.add("turn");
                        pass(ns);
                        noteTurns(turns - 1, ns);
                    },
                    0,
                    TimeUnit.NANOSECONDS);
        }
    }

    private void pass(long ns) {
        clock.advance(ns, TimeUnit.NANOSECONDS);
    }

    /** All that is due at once, and what becomes due by it. */
    private void runTurns() {
        while (channel.runScheduledPendingTasks() == 0) {
            // more is due, since time stands still
        }
    }
}
