package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.function.Predicate;

/** Bytes of a client that wait to be taken: usually none, at most one read burst. */
final class Inbox {
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(2);
    private boolean taking;
    private boolean closed;

    /** Adds received bytes, which move here. */
    void add(ByteBuf in) {
        waiting.addLast(in);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** True while {@link #take} is under way: it also takes bytes that arrive meanwhile. */
    boolean isTaking() {
        return taking;
    }

    /**
     * Gives all bytes to the taker, as far as possible.
     *
     * @param taker takes as much of a buffer as it can; false if the rest has to wait
     * @return false if bytes have to wait
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

    /** The client is gone: drops all bytes, including those being taken. */
    void close() {
        closed = true;
        while (!waiting.isEmpty()) {
            waiting.removeFirst().release();
        }
    }
}
