package io.offramp.proxy.server;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Gives the memory of a peak back, once the process is quiet. It is quiet after {@value #QUIET_SECONDS} s in which
 * hardly anything was allocated and nothing collected: a pause then delays nobody. It gives back once, and again only
 * after new growth. Reads two numbers at each look, and a file once in each quiet time. Confined to one thread.
 */
final class QuietTrim {
    /** Least time without work. */
    static final int QUIET_SECONDS = 10;

    /** Allocated heap in this time: some scrapes of the metrics, or some dozen requests a second. */
    static final long QUIET_BYTES = 6 << 20;

    /** Growth that is worth a pause. A collection is not: the young generation is touched again at once. */
    private static final int GROWTH_PERCENT = 25;

    private final LongSupplier clockNs;
    private final LongSupplier usedHeapBytes;
    private final LongSupplier residentBytes;
    private final Runnable trim;
    private long keptBytes;
    private long beganNs;
    private long beganBytes;
    private long usedBytes;

    /**
     * Takes the size of now as what the process needs.
     *
     * @param clockNs as {@link System#nanoTime()}
     * @param usedHeapBytes used heap, garbage included: it grows by what is allocated, and falls by a collection
     * @param residentBytes memory of the process
     * @param trim gives memory back; blocks
     */
    QuietTrim(LongSupplier clockNs, LongSupplier usedHeapBytes, LongSupplier residentBytes, Runnable trim) {
        this.clockNs = clockNs;
        this.usedHeapBytes = usedHeapBytes;
        this.residentBytes = residentBytes;
        this.trim = trim;
        this.keptBytes = residentBytes.getAsLong();
        begin();
    }

    /** Gives memory back if the process is quiet and has grown. Called about once a second. */
    void look() {
        long used = usedHeapBytes.getAsLong();
        if (used < usedBytes || used - beganBytes > QUIET_BYTES) {
            begin();
            return;
        }
        usedBytes = used;
        if (clockNs.getAsLong() - beganNs < TimeUnit.SECONDS.toNanos(QUIET_SECONDS)) {
            return;
        }
        if (residentBytes.getAsLong() > keptBytes / 100 * (100 + GROWTH_PERCENT)) {
            try {
                trim.run();
            } finally { // a failure does not repeat the pause at each look
                keptBytes = residentBytes.getAsLong();
            }
        }
        begin();
    }

    private void begin() {
        beganNs = clockNs.getAsLong();
        beganBytes = usedHeapBytes.getAsLong();
        usedBytes = beganBytes;
    }
}
