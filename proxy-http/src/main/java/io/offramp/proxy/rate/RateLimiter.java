package io.offramp.proxy.rate;

import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.Fields;
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
        oneNs = limit.what() == RateLimit.What.REQUESTS ? limit.ns(1) : 0;
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
        long waitNs = buckets.take(limit.by().of(request, client), oneNs, sizeNs);
        if (waitNs == BucketTable.TAKEN) {
            return 0;
        }
        events.onOver();
        return limit.dryRun() ? 0 : (int) Math.min(Integer.MAX_VALUE, (waitNs + SECOND_NS - 1) / SECOND_NS);
    }

    /** Counts the bytes of a request that has ended. */
    public void onEnd(Fields request, ClientFields client, long bytes) {
        if (limit.what() == RateLimit.What.BYTES) {
            buckets.charge(limit.by().of(request, client), limit.ns(bytes), limit.mostDebtNs());
        }
    }
}
