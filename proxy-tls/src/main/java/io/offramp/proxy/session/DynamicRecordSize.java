package io.offramp.proxy.session;

import java.util.function.LongSupplier;

/**
 * How much content goes into the records of one connection: little after the handshake and after a pause, then as much
 * as fits. Reads the clock when a burst begins, but never if all records are alike, and has no timer. Confined to the
 * event loop.
 */
final class DynamicRecordSize {
    private final RecordSizeConfig config;
    private final LongSupplier nanoTime;
    private final int initialBytes;
    private final int maxBytes;
    private final boolean dynamic;
    private long shortBytesLeft;
    private long lastBurstNs;
    private boolean inBurst;
    private boolean first = true;

    /**
     * @param recordLimit most content that the peer accepts, whatever is configured
     * @param nanoTime {@link System#nanoTime}
     */
    DynamicRecordSize(RecordSizeConfig config, int recordLimit, LongSupplier nanoTime) {
        this.config = config;
        this.nanoTime = nanoTime;
        this.initialBytes = Math.min(config.initialBytes(), recordLimit);
        this.maxBytes = Math.min(config.maxBytes(), recordLimit);
        this.dynamic = initialBytes < maxBytes;
        this.shortBytesLeft = dynamic ? config.growAfterBytes() : 0;
        this.lastBurstNs = dynamic ? nanoTime.getAsLong() : 0;
    }

    /** Content of a short record. */
    int initialBytes() {
        return initialBytes;
    }

    /** Content of a full record. */
    int maxBytes() {
        return maxBytes;
    }

    /**
     * Content is about to be sealed.
     *
     * @param bytes its length
     * @param waiting whether older data still waits for the peer, which short records then make no faster
     * @return how much of it, from its start, goes into short records: a whole number of them, or all of it
     */
    int shortBytes(int bytes, boolean waiting) {
        if (!dynamic) {
            return 0;
        }
        if (!inBurst) {
            inBurst = true;
            beginBurst(waiting);
        }
        if (shortBytesLeft == 0) {
            first = false;
            return 0;
        }
        long whole = Math.ceilDiv(shortBytesLeft, initialBytes) * initialBytes;
        int taken = (int) Math.min(bytes, whole);
        shortBytesLeft = Math.max(0, shortBytesLeft - taken);
        return taken;
    }

    /**
     * Whether the content that is sealed next goes into full records, whatever its length.
     *
     * @param waiting as in {@link #shortBytes}
     */
    boolean isGrown(boolean waiting) {
        if (dynamic && !inBurst) {
            inBurst = true;
            beginBurst(waiting);
        }
        return shortBytesLeft == 0;
    }

    /** The sealed records are sent. */
    void endBurst() {
        inBurst = false;
    }

    private void beginBurst(boolean waiting) {
        long now = nanoTime.getAsLong();
        if (now - lastBurstNs >= config.idle().toNanos() && !waiting) {
            first &= shortBytesLeft == config.growAfterBytes();
            shortBytesLeft = config.growAfterBytes();
        }
        lastBurstNs = now;
    }

    /**
     * Records that the first short ones of a connection take beyond full ones: the cost of the start does not predict
     * later costs. It is 0 once records have grown, or a pause has come.
     */
    int startRecords(int shortBytes) {
        return first ? Math.ceilDiv(shortBytes, initialBytes) - Math.ceilDiv(shortBytes, maxBytes) : 0;
    }
}
