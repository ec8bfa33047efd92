package io.offramp.proxy.rate;

import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.rule.RuleRequest;
import java.util.concurrent.TimeUnit;

/** One limit at work. Thread-safe, without a lock. */
public final class RateLimiter {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final RateLimit limit;
    private final BucketTable buckets;
    private final RateEvents events;
    private final long oneNs;
    private final long sizeNs;

    /** With full buckets. */
    public RateLimiter(RateLimit limit, Ticker clock, RateEvents events) {
        this.limit = limit;
        this.events = events;
        buckets = new BucketTable(limit.clients(), clock, events::onShared);
        oneNs = limit.what() == RateLimit.What.BYTES ? 0 : limit.ns(1);
        sizeNs = Math.max(limit.sizeNs(), oneNs);
    }

    /** As configured. */
    public RateLimit limit() {
        return limit;
    }

    /**
     * Counts a request.
     *
     * @return 0 if it may go on; else the seconds behind which it may come again, rounded up
     */
    public int take(Fields request, ClientFields client) {
        int seconds = take(limit.by().of(request, client));
        return limit.dryRun() ? 0 : seconds;
    }

    /** The same behind access rules. */
    int take(RuleRequest request) {
        int seconds = take(limit.by().of(request));
        return limit.dryRun() ? 0 : seconds;
    }

    /**
     * Counts a connection, or whatever else the key stands for. Whether the limit is only tried is the caller's matter.
     *
     * @param key of a client, as {@link io.offramp.proxy.net.ClientKey} gives it
     * @return 0 if it is within the limit; else the seconds behind which another one is, rounded up
     */
    public int take(long key) {
        long waitNs = buckets.take(key, oneNs, sizeNs);
        if (waitNs == BucketTable.TAKEN) {
            return 0;
        }
        events.onOver();
        return (int) Math.min(Integer.MAX_VALUE, (waitNs + SECOND_NS - 1) / SECOND_NS);
    }

    /** Counts the bytes of a request that has ended, or whatever else the limit has for bytes. */
    public void onEnd(Fields request, ClientFields client, long bytes) {
        charge(limit.by().of(request, client), bytes);
    }

    /** The same behind access rules. */
    void onEnd(RuleRequest request, long bytes) {
        charge(limit.by().of(request), bytes);
    }

    private void charge(long key, long bytes) {
        if (limit.what() == RateLimit.What.BYTES) {
            buckets.charge(key, limit.ns(bytes), limit.mostDebtNs());
        }
    }
}
