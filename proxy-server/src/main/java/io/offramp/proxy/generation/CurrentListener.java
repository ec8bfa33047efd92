package io.offramp.proxy.generation;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One listener, as the current generation has it. If that has no such listener, its connections continue as in the last
 * generation that had it. Thread-safe; a call costs one volatile read, unless the generation has changed.
 */
public final class CurrentListener implements Supplier<ListenerGeneration> {
    private final Generations generations;
    private final String name;
    private final int nth;
    private @Nullable Seen seen; // immutable: threads may race for it, and at worst look again

    private record Seen(Generation of, ListenerGeneration listener) {}

    /** @param nth among the listeners that share the name, from 0 on */
    public CurrentListener(Generations generations, String name, int nth) {
        this.generations = generations;
        this.name = name;
        this.nth = nth;
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
        ListenerGeneration found = now.listener(name, nth);
        if (found == null && last != null) {
            found = last.listener;
        }
        if (found == null) {
            throw new IllegalStateException("no listener " + name + " yet");
        }
        seen = new Seen(now, found);
        return found;
    }
}
