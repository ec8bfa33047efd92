package io.offramp.proxy.http2.server;

import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.UpstreamLoop;

/**
 * How long one connection to a server leases streams: a time, a number of requests, and one of those that were taken
 * back. Confined to the event loop.
 */
final class Lifetime {
    private final UpstreamSettings settings;
    private final SentResets resets;
    private final long bornNs;
    private int requests;

    /** Begins. */
    Lifetime(UpstreamLoop loop) {
        settings = loop.settings();
        resets = new SentResets(loop.eventLoop().ticker());
        bornNs = loop.nowNs();
    }

    /** A request is leased a stream. */
    void onRequest() {
        requests++;
    }

    /** A request was taken back whose answer has not come. */
    void onTakenBack() {
        resets.add();
    }

    /** Requests that it still may carry. One whose place no other could take in time ends a little later. */
    int requestsLeft() {
        return settings.requests() + settings.requests() / 10 - requests;
    }

    /** True if another should take its place soon. */
    boolean isDue(long nowNs) {
        return requests >= settings.requests()
                || resets.areMany()
                || nowNs - bornNs >= settings.age().toNanos();
    }

    /** True if it has to take no more requests. */
    boolean isOver() {
        return requestsLeft() <= 0 || resets.areTooMany();
    }
}
