package io.offramp.proxy.access;

import java.time.Duration;

/**
 * Bounds of lines that wait for their writer.
 *
 * @param blockBytes an event loop has at least one block of this size
 * @param totalBytes all blocks together; each event loop has one all the same, and a second while the first goes back
 * @param delay between two looks of the writer
 */
public record LogBuffer(int blockBytes, long totalBytes, Duration delay) {
    /** The least delay. */
    public static final Duration LEAST_DELAY = Duration.ofMillis(1);

    private static final long MOST_BYTES = 4 << 20;
    private static final int HEAP_SHARE = 32;

    /** Blocks of 32 KiB, 4 MiB or a thirty-second of the heap if that is less, a tenth of a second. */
    public static final LogBuffer DEFAULTS = new LogBuffer(
            32 << 10, Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / HEAP_SHARE), Duration.ofMillis(100));

    /** Blocks that may be in use. */
    int blocks() {
        return (int) Math.max(1, totalBytes / blockBytes);
    }
}
