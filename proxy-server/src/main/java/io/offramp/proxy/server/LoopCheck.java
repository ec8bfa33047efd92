package io.offramp.proxy.server;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;

/**
 * Whether each event loop still takes a task: one that is stuck serves no client, and the process looks well from
 * outside. One thread at a time.
 */
public final class LoopCheck {
    private static final int MOST_FRAMES = 40;

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
     * @return those that have not answered, and where they are, such as {@code loop 2 in Foo.bar < Foo.run}; those that
     *     end with the process are not asked
     */
    public List<String> silent(Duration limit) {
        try {
            loops.forEach(loop -> asked.computeIfAbsent(loop, each -> each.submit(() -> {})));
        } catch (RejectedExecutionException e) {
            return List.of();
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
                silent.add("loop " + number + " in " + where(loop));
            }
        }
        return silent;
    }

    private static String where(EventExecutor loop) {
        return loop instanceof SingleThreadEventExecutor known
                ? Arrays.stream(known.threadProperties().stackTrace())
                        .limit(MOST_FRAMES)
                        .map(StackTraceElement::toString)
                        .collect(Collectors.joining(" < "))
                : loop.toString();
    }
}
