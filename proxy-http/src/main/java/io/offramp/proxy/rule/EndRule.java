package io.offramp.proxy.rule;

/** Learns of the end of requests. Confined to the event loop. */
@FunctionalInterface
public interface EndRule {
    /**
     * A request whose rules have begun is over, in whatever way; called once.
     *
     * @param receivedBytes of the request's body
     * @param answeredBytes of the answer's body
     */
    void onEnd(RuleRequest request, long receivedBytes, long answeredBytes);
}
