package io.offramp.proxy.route;

import io.offramp.proxy.upstream.balance.HashKey;

/** What decides which share of a split takes a request. */
public sealed interface ShareBy {
    /** Each request is drawn by lot. */
    ShareBy LOT = new Lot();

    /** Each request is drawn by lot. */
    record Lot() implements ShareBy {}

    /**
     * Requests with the same key go the same way, as long as shares and weights are the same. One without a key is
     * drawn by lot.
     */
    record Hash(HashKey key) implements ShareBy {}

    /**
     * A client's first request is drawn by lot, and a cookie of ours keeps the client with its share. When that share
     * has no weight any more, the client is drawn anew.
     *
     * @param name of the cookie
     */
    record Cookie(String name) implements ShareBy {}
}
