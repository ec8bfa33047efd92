package io.offramp.proxy.route;

import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.UpstreamGroup;
import org.jspecify.annotations.Nullable;

/** The destination of a request, by the routes. */
public sealed interface Destination {
    /**
     * To an upstream.
     *
     * @param bounds of the route, and of the upstream
     */
    record To(UpstreamGroup upstream, ExchangeBounds bounds) implements Destination {}

    /** None: a rule of the route answers every request. */
    record Rules() implements Destination {}

    /**
     * No upstream.
     *
     * @param refusal its answer
     * @param why for the log; null if the answer says it
     */
    record Nowhere(Refusal refusal, @Nullable String why) implements Destination {}

    /** No route matches. */
    Destination UNKNOWN = new Nowhere(Refusal.NO_ROUTE, null);

    /** A route matches, but another reading of the path would match another route. */
    Destination AMBIGUOUS = new Nowhere(Refusal.BAD_REQUEST, "path with several readings");
}
