package io.offramp.proxy.upstream.balance;

/** How requests are shared among servers. All policies heed weights. */
public sealed interface Policy {
    /** One after another; each event loop has its own turn. */
    record RoundRobin() implements Policy {}

    /** Of two servers that chance has chosen, the one with fewer requests under way in relation to its weight. */
    record LeastRequest() implements Policy {}

    /** By chance alone. */
    record Random() implements Policy {}

    /** The same server for the same key, as long as it is well; by chance where a request has no key. */
    record Hash(HashKey key) implements Policy {}

    /** The server that a cookie of ours names; a client without one gets a server as with {@link LeastRequest}. */
    record Sticky(String cookie) implements Policy {}

    /** The name in the configuration. */
    default String word() {
        return switch (this) {
            case RoundRobin one -> "round-robin";
            case LeastRequest one -> "least-request";
            case Random one -> "random";
            case Hash one -> "hash";
            case Sticky one -> "sticky";
        };
    }

    /** Whether it needs the head of a request, which a TCP connection has not. */
    default boolean needsRequest() {
        return switch (this) {
            case Hash(HashKey key) -> !(key instanceof HashKey.Address);
            case Sticky one -> true;
            case RoundRobin one -> false;
            case LeastRequest one -> false;
            case Random one -> false;
        };
    }
}
