package io.offramp.offload.device.capacity;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A token bucket for installs, kept as one time: when it will be full again. Lock-free, thread-safe. */
final class InstallLimiter {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier clock;
    private final long intervalNs;
    private final long depthNs;
    private final AtomicLong fullNs;

    /**
     * @param perSecond tokens that come in a second, 1 or more
     * @param burst tokens that a full bucket has, 1 or more
     * @param clock ns, monotonic
     */
    InstallLimiter(long perSecond, long burst, LongSupplier clock) {
        this.clock = clock;
        intervalNs = Math.max(1, SECOND_NS / perSecond);
        depthNs = intervalNs * burst;
        fullNs = new AtomicLong(clock.getAsLong());
    }

    /** Takes a token if there is one. */
    boolean tryTake() {
        long now = clock.getAsLong();
        while (true) {
            long full = fullNs.get();
            long next = (full - now > 0 ? full : now) + intervalNs;
            if (next - now > depthNs) {
                return false;
            }
            if (fullNs.compareAndSet(full, next)) {
                return true;
            }
        }
    }

    /** Puts back a token that was of no use. */
    void giveBack() {
        fullNs.addAndGet(-intervalNs);
    }

    /** True where {@link #tryTake} would find none. */
    boolean isEmpty() {
        return fullNs.get() + intervalNs - clock.getAsLong() > depthNs;
    }
}
