package io.offramp.proxy.server;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;

/**
 * Whether each event loop still takes a task: one that is stuck serves no client, and the process looks well from
 * outside. One thread at a time.
 */
public final class LoopCheck {
    private final Iterable<EventExecutor> loops;
    /** Asked and not heard of: a stuck loop is not asked once more. */
    private final Map<EventExecutor, Future<?>> asked = new HashMap<>();

    /** @param loops a fixed group */
    LoopCheck(Iterable<EventExecutor> loops) {
        this.loops = loops;
    }

    /**
     * Asks each loop. Blocks until all have answered, or this time is over.
     *
     * @return those that have not answered, such as {@code loop 2}
     */
    public List<String> silent(Duration limit) {
        try {
            loops.forEach(loop -> asked.computeIfAbsent(loop, each -> each.submit(() -> {})));
        } catch (RejectedExecutionException e) {
            return List.of("the loops have ended");
        }
        long endNs = System.nanoTime() + limit.toNanos();
        List<String> silent = new ArrayList<>();
        int number = 0;
        for (EventExecutor loop : loops) {
            number++;
            long leftMs = Duration.ofNanos(endNs - System.nanoTime()).toMillis();
            if (Objects.requireNonNull(asked.get(loop)).awaitUninterruptibly(Math.max(0, leftMs))) {
                asked.remove(loop);
            } else {
                silent.add("loop " + number);
            }
        }
        return silent;
    }
}
