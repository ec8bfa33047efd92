package io.offramp.proxy.compress;

import io.offramp.proxy.compress.CompressionEvents.Skip;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The compressors of one event loop, which bodies use one after another. Each takes native memory, so their number has
 * a bound, and so has their share of the loop's time. Confined to the event loop.
 */
final class LoopCompressors {
    /** Kept for the next bodies; the others of a peak give their memory back. */
    private static final int MOST_IDLE = 4;

    private final Map<Coding, ArrayDeque<Compressor>> idle = new EnumMap<>(Coding.class);
    private final CompressionEvents events;
    private final CpuShare share;
    private final int mostUsed;
    private int used;

    LoopCompressors(CompressionLimits limits, CompressionEvents events) {
        this.events = events;
        share = new CpuShare(limits.cpuPercent(), System.nanoTime());
        mostUsed = limits.atOnce();
        for (Coding each : Coding.values()) {
            idle.put(each, new ArrayDeque<>());
        }
    }

    /** One for a body that begins; null if the loop has no time or no room for it. */
    @Nullable
    Compressor take(Coding coding, int level) {
        if (share.isUsedUp(System.nanoTime())) {
            events.onSkipped(Skip.CPU);
            return null;
        }
        if (used >= mostUsed) {
            events.onSkipped(Skip.COUNT);
            return null;
        }
        Compressor next = idle(coding).pollLast();
        if (next == null) {
            next = switch (coding) {
                case GZIP -> new GzipCompressor();
                case ZSTD -> new ZstdCompressor();
            };
        }
        next.begin(level);
        used++;
        return next;
    }

    /** The body has ended, in whatever way. */
    void give(Coding coding, Compressor last, long taken, long given) {
        used--;
        events.onCompressed(coding, taken, given);
        last.reset();
        if (idle(coding).size() < MOST_IDLE) {
            idle(coding).addLast(last);
        } else {
            last.close();
        }
    }

    /** Counts time that a body has taken. */
    void onSpent(long fromNs) {
        long now = System.nanoTime();
        share.onSpent(now - fromNs, now);
    }

    /** Bodies under way. */
    int used() {
        return used;
    }

    private ArrayDeque<Compressor> idle(Coding coding) {
        return Objects.requireNonNull(idle.get(coding));
    }
}
