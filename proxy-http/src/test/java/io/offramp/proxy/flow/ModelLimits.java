package io.offramp.proxy.flow;

import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.QueueConfig;
import io.offramp.proxy.upstream.RetryConfig;
import io.offramp.proxy.upstream.RetryConfig.Cause;
import io.offramp.proxy.upstream.UpstreamLimits;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Bounds of the model's upstream. */
enum ModelLimits {
    /** No queue, and further attempts only where no server has acted. */
    USUAL(UpstreamLimits.DEFAULTS),
    /** A request at once to each server, and two that wait. */
    QUEUE(new UpstreamLimits(1, 20).with(new QueueConfig(2, Duration.ofSeconds(8)))),
    /** Whatever may be repeated is, with bodies of a kilobyte. */
    REPEATS(UpstreamLimits.DEFAULTS.with(repeats())),
    /** The same, where no request may be tried again. */
    SPENT(new UpstreamLimits(0, 0).with(repeats())),
    /** All of this, and times of its own. */
    ALL(QUEUE.limits
            .with(repeats())
            .with(Duration.ofSeconds(1))
            .with(new ExchangeBounds(
                    TimeUnit.SECONDS.toNanos(4),
                    TimeUnit.SECONDS.toNanos(3),
                    TimeUnit.SECONDS.toNanos(9),
                    TimeUnit.SECONDS.toNanos(5),
                    3000)));

    final UpstreamLimits limits;

    ModelLimits(UpstreamLimits limits) {
        this.limits = limits;
    }

    /**
     * Servers that may act on one request. One more than the attempts: its first connection may have been one that the
     * server had just closed.
     */
    int attempts() {
        return limits.retryPercent() == 0 ? 1 : limits.retry().attempts() + 1;
    }

    private static RetryConfig repeats() {
        return new RetryConfig(EnumSet.allOf(Cause.class), Set.of(503), null, 3, 1024);
    }
}
