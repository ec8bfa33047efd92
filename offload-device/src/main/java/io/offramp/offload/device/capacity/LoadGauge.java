package io.offramp.offload.device.capacity;

import io.offramp.offload.Capacity;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The load of the device, over windows of 100 ms. Written by event loops, once per message; read at installs. Records
 * take time of its engines, and so does each context that has to be fetched, whichever thread is the engine. Lock-free,
 * thread-safe.
 */
final class LoadGauge {
    /** How long is looked back. */
    static final long WINDOW_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final double SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final Capacity capacity;
    private final LongSupplier misses;
    private final LongSupplier clock;
    private final LongAdder records = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final AtomicReference<Window> window;

    /** The window under way, and the rates of the one before it. */
    private record Window(
            long startNs,
            long records,
            long bytes,
            long misses,
            double recordsPerSecond,
            double bitsPerSecond,
            double missesPerSecond) {}

    /**
     * @param misses contexts that had to be fetched, so far
     * @param clock ns, monotonic
     */
    LoadGauge(Capacity capacity, LongSupplier misses, LongSupplier clock) {
        this.capacity = capacity;
        this.misses = misses;
        this.clock = clock;
        window = new AtomicReference<>(new Window(clock.getAsLong(), 0, 0, misses.getAsLong(), 0, 0, 0));
    }

    /** Adds what the device was given. */
    void add(long moreRecords, long moreWireBytes) {
        records.add(moreRecords);
        bytes.add(moreWireBytes);
        current();
    }

    /** True where records, bits or fetches are limited at all. */
    boolean isLimited() {
        return capacity.limitsLoad() || capacity.cache().isLimited();
    }

    /** True while the engines, or bits, are at their rate. */
    boolean isOver() {
        Window w = current();
        return engineShare(w) >= 1 || bitRate(w) >= capacity.bitsPerSecond();
    }

    /** Which rate the device is at, with its figures; null while there is room. */
    @Nullable
    String over() {
        Window w = current();
        if (recordRate(w) >= capacity.recordsPerSecond()) {
            return String.format(
                    Locale.ROOT,
                    "device is at its rate (%.0f of %d records/s)",
                    recordRate(w),
                    capacity.recordsPerSecond());
        }
        if (engineShare(w) >= 1) {
            return String.format(
                    Locale.ROOT,
                    "device is at its rate (%.0f records/s and %.0f fetches of contexts/s)",
                    recordRate(w),
                    missRate(w));
        }
        if (bitRate(w) >= capacity.bitsPerSecond()) {
            return String.format(
                    Locale.ROOT,
                    "device is at its rate (%s of %s Gbit/s)",
                    gbit(bitRate(w)),
                    gbit(capacity.bitsPerSecond()));
        }
        return null;
    }

    /** The part of their time that the engines work. */
    private double engineShare(Window w) {
        return recordRate(w) / capacity.recordsPerSecond()
                + missRate(w) * capacity.cache().missNs() / SECOND_NS;
    }

    // The count of the current window, as if nothing more came, can show the excess before the window ends.
    private double recordRate(Window w) {
        return Math.max(w.recordsPerSecond, (records.sum() - w.records) * SECOND_NS / WINDOW_NS);
    }

    private double bitRate(Window w) {
        return Math.max(w.bitsPerSecond, (bytes.sum() - w.bytes) * Byte.SIZE * SECOND_NS / WINDOW_NS);
    }

    private double missRate(Window w) {
        return Math.max(w.missesPerSecond, (misses.getAsLong() - w.misses) * SECOND_NS / WINDOW_NS);
    }

    /** Records of the last whole window, per second. */
    long recordsPerSecond() {
        return (long) current().recordsPerSecond;
    }

    /** Bits on the wire of the last whole window, per second. */
    long bitsPerSecond() {
        return (long) current().bitsPerSecond;
    }

    private Window current() {
        long now = clock.getAsLong();
        Window w = window.get();
        long ns = now - w.startNs;
        if (ns < WINDOW_NS) {
            return w;
        }
        long allRecords = records.sum();
        long allBytes = bytes.sum();
        long allMisses = misses.getAsLong();
        Window next = new Window(
                now,
                allRecords,
                allBytes,
                allMisses,
                (allRecords - w.records) * SECOND_NS / ns,
                (allBytes - w.bytes) * Byte.SIZE * SECOND_NS / ns,
                (allMisses - w.misses) * SECOND_NS / ns);
        // The loser of the race takes the result of the other: both end the same window.
        return window.compareAndSet(w, next) ? next : window.get();
    }

    private static String gbit(double bitsPerSecond) {
        return String.format(Locale.ROOT, "%.3g", bitsPerSecond / 1e9);
    }
}
