package io.offramp.proxy.route;

import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.UpstreamGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The destination of a request, by the routes. */
public sealed interface Destination {
    /**
     * To an upstream.
     *
     * @param bounds of the route, and of the upstream
     */
    record To(UpstreamGroup upstream, ExchangeBounds bounds) implements Destination {}

    /**
     * To one of several upstreams, by chance.
     *
     * @param shares not empty
     */
    record Split(List<Share> shares) implements Destination {
        /** Copies the list. */
        public Split {
            shares = List.copyOf(shares);
        }

        /**
         * The one of a request.
         *
         * @param chance from 0 on, below {@link #weight}
         */
        public To of(int chance) {
            int left = chance;
            for (Share share : shares) {
                left -= share.weight;
                if (left < 0) {
                    return share.to;
                }
            }
            throw new IllegalArgumentException(chance + " of " + weight());
        }

        /** Of all shares. */
        public int weight() {
            return shares.stream().mapToInt(Share::weight).sum();
        }
    }

    /** One part of a split. */
    record Share(int weight, To to) {}

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
