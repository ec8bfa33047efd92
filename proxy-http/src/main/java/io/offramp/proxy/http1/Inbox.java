package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.function.Predicate;

/** What a client has sent and nothing has taken yet: most often nothing, at most one read burst. */
final class Inbox {
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(2);
    private boolean taking;
    private boolean closed;

    /** Adds what has come, which moves here. */
    void add(ByteBuf in) {
        waiting.addLast(in);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Whether {@link #take} is under way: what comes meanwhile is taken by it. */
    boolean isTaking() {
        return taking;
    }

    /**
     * Has all of it taken, as far as possible.
     *
     * @param taker takes what it can of a buffer; false if the rest has to wait
     * @return false if something has to wait
     */
    boolean take(Predicate<ByteBuf> taker) {
        taking = true;
        boolean taken = true;
        try {
            while (taken && !waiting.isEmpty()) {
                ByteBuf in = waiting.removeFirst();
                try {
                    taken = taker.test(in);
                } finally {
                    if (in.isReadable() && !closed) {
                        waiting.addFirst(in);
                    } else {
                        in.release();
                    }
                }
            }
        } finally {
            taking = false;
        }
        return taken;
    }

    /** The client is gone: forgets all of it, and keeps nothing of what is being taken. */
    void close() {
        closed = true;
        while (!waiting.isEmpty()) {
            waiting.removeFirst().release();
        }
    }
}
