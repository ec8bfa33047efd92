package io.offramp.proxy.exchange;

import io.offramp.proxy.upstream.UpstreamGroup;
import org.jspecify.annotations.Nullable;

/** Where a request goes, as the routes have it. */
sealed interface Destination {
    /** To an upstream. */
    record To(UpstreamGroup upstream) implements Destination {}

    /**
     * Nowhere.
     *
     * @param refusal its answer
     * @param why for the log; null where the answer says it
     */
    record Nowhere(Refusal refusal, @Nullable String why) implements Destination {}

    /** No route matches. */
    Destination UNKNOWN = new Nowhere(Refusal.NO_ROUTE, null);

    /** Routes match, but others for one who reads the path otherwise. */
    Destination AMBIGUOUS = new Nowhere(Refusal.BAD_REQUEST, "path with several readings");
}
