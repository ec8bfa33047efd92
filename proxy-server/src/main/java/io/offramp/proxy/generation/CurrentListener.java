package io.offramp.proxy.generation;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One listener, as the current generation has it. If that has no such listener, or on other terms only, its connections
 * continue as in the last generation that had it. Thread-safe; a call costs one volatile read, unless the generation
 * has changed.
 */
public final class CurrentListener implements Supplier<ListenerGeneration> {
    private final Generations generations;
    private final ListenerKey key;
    private final @Nullable Terms terms;
    private @Nullable Seen seen; // immutable: threads may race for it, and at worst look again

    private record Seen(Generation of, ListenerGeneration listener) {}

    /**
     * On whatever terms: for new connections.
     *
     * @param key its socket
     */
    public CurrentListener(Generations generations, ListenerKey key) {
        this(generations, key, null);
    }

    /**
     * For connections that have met these terms.
     *
     * @param key its socket
     * @param terms null for all
     */
    public CurrentListener(Generations generations, ListenerKey key, @Nullable Terms terms) {
        this.generations = generations;
        this.key = key;
        this.terms = terms;
    }

    /**
     * The listener in the current generation.
     *
     * @throws IllegalStateException before the first generation that has it
     */
    @Override
    public ListenerGeneration get() {
        Generation now = generations.now();
        Seen last = seen;
        return last != null && last.of == now ? last.listener : look(now, last);
    }

    private ListenerGeneration look(Generation now, @Nullable Seen last) {
        ListenerGeneration found = now.listener(key);
        if (last != null && !fits(found)) {
            found = last.listener;
        }
        if (found == null) {
            throw new IllegalStateException("no listener " + key + " yet");
        }
        seen = new Seen(now, found);
        return found;
    }

    /** Whether it is for connections that have met exactly these. */
    public boolean isFor(Terms met) {
        return met.equals(terms);
    }

    private boolean fits(@Nullable ListenerGeneration found) {
        return found != null && (terms == null || terms.equals(found.terms()));
    }
}
