package io.offramp.proxy.generation;

import org.jspecify.annotations.Nullable;

/** Holds the current generation. Thread-safe: one volatile reference. */
public final class Generations {
    private volatile @Nullable Generation now;

    /**
     * The current generation.
     *
     * @throws IllegalStateException before the first
     */
    public Generation now() {
        Generation current = now;
        if (current == null) {
            throw new IllegalStateException("no generation yet");
        }
        return current;
    }

    /** Closes idle connections to upstreams. */
    public void close() {
        Generation last = now;
        if (last != null) {
            last.upstreams().close();
        }
    }

    /** Makes a generation the current one, for all that begins afterwards. One thread at a time. */
    public void swap(Generation next) {
        now = next;
    }
}
