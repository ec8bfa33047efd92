package io.offramp.proxy.compress;

import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.compress.CompressionEvents.Skip;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The compressors of one event loop, which bodies use one after another. Each takes native memory out of the budget,
 * and all of them a share of the loop's time. Confined to the event loop.
 */
final class LoopCompressors {
    /** Kept for the next bodies; the others of a peak give their memory back. */
    private static final int MOST_IDLE = 4;

    private final Map<Coding, ArrayDeque<Compressor>> idle = new EnumMap<>(Coding.class);
    private final Supplier<CompressionLimits> limits;
    private final MemoryBudget budget;
    private final CompressionEvents events;
    private final CpuShare share;

    LoopCompressors(Supplier<CompressionLimits> limits, MemoryBudget budget, CompressionEvents events) {
        this.limits = limits;
        this.budget = budget;
        this.events = events;
        share = new CpuShare(() -> limits.get().cpuPercent(), System.nanoTime());
        for (Coding each : Coding.values()) {
            idle.put(each, new ArrayDeque<>());
        }
    }

    /** One for a body that begins; null if the loop has no time, or there is no memory for it. */
    @Nullable
    Compressor take(Coding coding, int level) {
        if (share.isUsedUp(System.nanoTime())) {
            events.onSkipped(Skip.CPU);
            return null;
        }
        Compressor next = idle(coding).peekLast();
        long more = coding.memoryBytes(level) - (next == null ? 0 : next.memoryBytes());
        if (more > 0 && !budget.takeNative(more, limits.get().memoryBytes(budget))) {
            events.onSkipped(Skip.MEMORY);
            return null;
        }
        if (next == null) {
            next = switch (coding) {
                case GZIP -> new GzipCompressor();
                case ZSTD -> new ZstdCompressor();
            };
        } else {
            idle(coding).removeLast();
        }
        next.onMemory(Math.max(more, 0));
        next.begin(level);
        return next;
    }

    /** The body has ended, in whatever way. */
    void give(Coding coding, Compressor last, long taken, long given) {
        events.onCompressed(coding, taken, given);
        last.reset();
        if (idle(coding).size() < MOST_IDLE && !isScarce()) {
            idle(coding).addLast(last);
        } else {
            budget.giveNative(last.memoryBytes());
            last.close();
        }
    }

    /** Idle ones leave the other half to the loops that need more. */
    private boolean isScarce() {
        return budget.isShedding() || budget.nativeBytes() > limits.get().memoryBytes(budget) / 2;
    }

    /** Counts time that a body has taken. */
    void onSpent(long fromNs) {
        long now = System.nanoTime();
        share.onSpent(now - fromNs, now);
    }

    private ArrayDeque<Compressor> idle(Coding coding) {
        return Objects.requireNonNull(idle.get(coding));
    }
}
