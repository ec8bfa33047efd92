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

    private static RetryConfig repeats() {
        return new RetryConfig(EnumSet.allOf(Cause.class), Set.of(503), null, 3, 1024);
    }
}
