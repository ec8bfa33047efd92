package io.offramp.proxy.exchange;

/** What happens at one listener's HTTP front, for who counts it. Called on event loops: never blocks. */
@FunctionalInterface
public interface HttpEvents {
    /** @param status that the client got, 200 to 599; 499 if it went away before one was sent */
    void onRequest(int status);
}
