package io.offramp.proxy.upstream.pool;

/** A request for a stream whose result is still to come. Confined to the event loop. */
public interface Lease {
    /** Begins; the result comes later or during the call. */
    void start();

    /** Cancels it: no result follows. */
    void cancel();
}
