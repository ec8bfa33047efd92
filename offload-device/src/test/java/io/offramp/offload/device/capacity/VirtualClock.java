package io.offramp.offload.device.capacity;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Time that passes when a test says so; starts just before {@code nanoTime} wraps. */
final class VirtualClock implements LongSupplier {
    private long nowNs = Long.MAX_VALUE - TimeUnit.MILLISECONDS.toNanos(1);

    @Override
    public long getAsLong() {
        return nowNs;
    }

    void advanceUs(long us) {
        nowNs += TimeUnit.MICROSECONDS.toNanos(us);
    }
}
