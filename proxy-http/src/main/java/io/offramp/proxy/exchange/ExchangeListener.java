package io.offramp.proxy.exchange;

import org.jspecify.annotations.Nullable;

/** Takes finished exchanges. Called on event loops: never blocks. */
@FunctionalInterface
public interface ExchangeListener {
    /**
     * Asked once at the end of each exchange: whether {@link #onFinished} wants it. An entry is not even made
     * otherwise.
     *
     * @param status as in the entry
     * @param durationNs as in the entry
     * @param abort as in the entry
     */
    default boolean wants(int status, long durationNs, @Nullable String abort) {
        return true;
    }

    /** Reports one finished exchange. */
    void onFinished(AccessEntry exchange);
}
