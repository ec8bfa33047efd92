package io.offramp.proxy.upstream.pool;

/** Learns where a request for a connection is: in a queue of ours, or on its way to the server. */
public interface PlaceListener {
    /**
     * It waits until the server may have one more connection. The server knows nothing of it.
     *
     * @param ns most time of such a wait
     * @return most time of this one; it fails behind it as one that too many wait for
     */
    default long onWaiting(long ns) {
        return ns;
    }

    /** It waits no more for a place: a connection is about to open for it. */
    default void onConnecting() {}
}
