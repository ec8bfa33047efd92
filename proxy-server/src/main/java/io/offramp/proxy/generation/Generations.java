package io.offramp.proxy.generation;

import org.jspecify.annotations.Nullable;

/** The generation of now. Thread-safe: one volatile reference. */
public final class Generations {
    private volatile @Nullable Generation now;

    /**
     * The generation of now.
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

    /** Whatever begins from now on takes the next generation. One thread at a time. */
    public void swap(Generation next) {
        now = next;
    }
}
