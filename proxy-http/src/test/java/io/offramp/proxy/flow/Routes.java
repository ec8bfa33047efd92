package io.offramp.proxy.flow;

import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.upstream.ExchangeBounds;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The routes of {@link Handlers}. */
final class Routes {
    /** Seven seconds for the head of an answer. */
    private static final ExchangeBounds SLOW = new ExchangeBounds(
            TimeUnit.SECONDS.toNanos(7),
            ExchangeBounds.UNSET,
            ExchangeBounds.UNSET,
            ExchangeBounds.UNSET,
            ExchangeBounds.UNSET);

    /** One has bounds of its own. */
    static final List<RouteConfig> ALL =
            List.of(new RouteConfig(null, "/app/slow", "app", SLOW), new RouteConfig(null, "/app", "app"));

    private Routes() {}
}
