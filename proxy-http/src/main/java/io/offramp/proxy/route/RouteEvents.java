package io.offramp.proxy.route;

/** Learns of the requests of one route. Called on event loops: never blocks. */
@FunctionalInterface
public interface RouteEvents {
    /** Nobody. */
    RouteEvents NONE = (status, durationNs) -> {};

    /** A request of the route is over. */
    void onRequest(int status, long durationNs);
}
