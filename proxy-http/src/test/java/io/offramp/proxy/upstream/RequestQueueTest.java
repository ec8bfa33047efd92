package io.offramp.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.net.HostPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;

/** The queue of an upstream, used by several threads at once. */
class RequestQueueTest {
    private static final int THREADS = 6;
    private static final int REQUESTS = 2_000;
    /** Requests that the server may have at once, roughly: fewer than ask. */
    private static final int ROOM = 2;
    /** Has no task, since no server rests. */
    private static final EventLoop CLOCK = new DefaultEventLoop();

    private final long seed = System.nanoTime();
    private final UpstreamGroup group = new UpstreamGroup(
            new UpstreamConfig("app", List.of(new HostPort("127.0.0.1", 80)))
                    .with(new UpstreamLimits(ROOM, 20).with(new QueueConfig(THREADS, Duration.ofMinutes(1)))),
            UpstreamEvents.NONE);

    /** A request that waits. */
    private static final class Waiting implements RequestQueue.Waiter {
        final Semaphore turns = new Semaphore(0);

        @Override
        public boolean isDue(UpstreamGroup newest) {
            return newest.hasRoom(0, System.nanoTime());
        }

        @Override
        public boolean isFresh() {
            return true;
        }

        @Override
        public EventLoop eventLoop() {
            return CLOCK;
        }

        @Override
        public void onTurn() {
            turns.release();
        }
    }

    @RepeatedTest(5)
    void shouldLoseNoTurnWhateverThreadsDo() throws Exception {
        // Given
        List<Future<Integer>> results = new ArrayList<>();

        // When
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < THREADS; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                results.add(threads.submit(() -> ask(random)));
            }
        }

        // Then
        for (Future<Integer> each : results) {
            assertThat(each.get()).as("late, seed " + seed).isZero();
        }
        assertThat(group.queue().length()).isZero();
        assertThat(group.queue().isInUse()).as("seed " + seed).isFalse();
        assertThat(group.servers().getFirst().requests().active()).isZero();
    }

    /** One request after the other; the number of those that nobody called. */
    private int ask(SplittableRandom random) throws InterruptedException {
        int late = 0;
        for (int i = 0; i < REQUESTS && late == 0; i++) {
            late += ask(random.nextInt(10) == 0, random.nextInt(200)) ? 0 : 1;
        }
        return late;
    }

    /**
     * One request.
     *
     * @param leaves whether it leaves the queue at once
     * @param work rounds that the server takes
     */
    private boolean ask(boolean leaves, int work) throws InterruptedException {
        Waiting waiter = new Waiting();
        if (!group.hasQueue() && begin(work)) {
            return true;
        }
        boolean again = false;
        while (group.awaitRoom(waiter, again)) {
            if (leaves && group.queue().forget(waiter)) {
                return true;
            }
            if (!waiter.turns.tryAcquire(20, TimeUnit.SECONDS)) {
                return false;
            }
            boolean begun = leaves || begin(work);
            group.queue().onTurnOver();
            if (begun) {
                return true;
            }
            again = true;
        }
        return false;
    }

    private boolean begin(int work) {
        UpstreamServer server = group.alone(0);
        if (server == null) {
            return false;
        }
        server.onBegin(Ticker.systemTicker());
        for (int i = 0; i < work; i++) {
            Thread.onSpinWait();
        }
        server.onEnd();
        return true;
    }
}
