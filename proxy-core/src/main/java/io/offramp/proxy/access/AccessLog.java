package io.offramp.proxy.access;

/** Takes finished exchanges. Called on event loops: never blocks. */
@FunctionalInterface
public interface AccessLog {
    /** Tells of one finished exchange. */
    void onFinished(Exchange exchange);
}
