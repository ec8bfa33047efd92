package io.offramp.offload.device.capacity;

import io.offramp.offload.Capacity;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * When the device is done with a piece of work: work queues behind what it was given before, takes as long as the
 * slower of its two rates needs, and comes out a latency later. Only computes times, in ns from now. The caller waits
 * and completes the work. Lock-free, thread-safe.
 */
public final class Pacer {
    private static final double SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final Capacity capacity;
    private final LongSupplier clock;
    private final AtomicLong idleNs;

    /** @param clock ns, monotonic: {@code System::nanoTime} */
    public Pacer(Capacity capacity, LongSupplier clock) {
        this.capacity = capacity;
        this.clock = clock;
        idleNs = new AtomicLong(clock.getAsLong());
    }

    /**
     * Gives the device work.
     *
     * @param records records in it, or parts of records that count as such
     * @param wireBytes their bytes on the wire
     * @param misses contexts that had to be fetched for it
     * @return ns from now until it may complete; 0 where nothing is limited
     */
    public long work(long records, long wireBytes, long misses) {
        long missNs = misses * capacity.cache().missNs();
        if (!capacity.limitsLoad() && missNs == 0) {
            return capacity.recordLatencyNs();
        }
        long serviceNs = missNs
                + Math.round(Math.max(
                        records * SECOND_NS / capacity.recordsPerSecond(),
                        wireBytes * Byte.SIZE * SECOND_NS / capacity.bitsPerSecond()));
        long now = clock.getAsLong();
        long idle;
        long done;
        do {
            idle = idleNs.get();
            done = (idle - now > 0 ? idle : now) + serviceNs;
        } while (!idleNs.compareAndSet(idle, done));
        return done - now + capacity.recordLatencyNs();
    }

    /** ns that work given now waits before the device begins with it. */
    public long queueNs() {
        return Math.max(0, idleNs.get() - clock.getAsLong());
    }

    /** ns from an install until the direction's records are the device's. */
    public long installNs() {
        return capacity.installLatencyNs();
    }
}
