package io.offramp.proxy.access;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Lines of one event loop. The loop appends, the writer follows: no line is handed over, the writer sees how far the
 * loop is.
 */
final class Block {
    final byte[] bytes;

    /** The block behind it. The loop sets it when this block is full. */
    volatile @Nullable Block next;

    /** The writer's: what it has not written yet is behind the position. */
    final ByteBuffer view;

    /** Behind the last whole line. A volatile write: the loop then looks whether the writer sleeps. */
    private volatile int committed;

    Block(int size) {
        bytes = new byte[size];
        view = ByteBuffer.wrap(bytes);
    }

    /** The loop's own view of {@link #committed}. */
    int end() {
        return committed;
    }

    /** Whole lines end here. By the loop. */
    void commit(int end) {
        committed = end;
    }

    /** What is to be written: may be empty. By the writer. */
    ByteBuffer lines() {
        return view.limit(committed);
    }

    /** Nothing is in it, and nothing behind it. By its only owner. */
    void clear() {
        committed = 0;
        view.clear().limit(0);
        next = null;
    }
}
