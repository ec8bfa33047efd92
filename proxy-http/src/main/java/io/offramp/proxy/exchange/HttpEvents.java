package io.offramp.proxy.exchange;

/** Counts events of one listener's HTTP front. Called on event loops: never blocks. */
@FunctionalInterface
public interface HttpEvents {
    /** @param status that the client got, 200 to 599; 499 if it went away before one was sent */
    void onRequest(int status);
}
