package io.offramp.proxy.exchange;

/** Takes finished exchanges. Called on event loops: never blocks. */
@FunctionalInterface
public interface ExchangeListener {
    /** Reports one finished exchange. */
    void onFinished(AccessEntry exchange);
}
