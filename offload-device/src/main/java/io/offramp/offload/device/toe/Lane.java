package io.offramp.offload.device.toe;

import io.netty.util.ReferenceCountUtil;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Messages from one thread to one other, in order, without a lock. Unbounded: the offering side keeps count of the
 * bytes under way. Built of small chunks, so that an idle connection costs little and a message costs no allocation of
 * its own.
 */
final class Lane {
    private static final int CHUNK_MESSAGES = 31;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

    // The last slot of a chunk is for the next chunk.
    private @Nullable Object[] tail = new @Nullable Object[CHUNK_MESSAGES + 1];
    private int tailIndex;
    private @Nullable Object[] head = tail;
    private int headIndex;

    /** Adds a message; it moves here. Producer only. */
    void offer(Object message) {
        if (tailIndex == CHUNK_MESSAGES) {
            @Nullable Object[] next = new @Nullable Object[CHUNK_MESSAGES + 1];
            next[0] = message;
            SLOT.setRelease(tail, CHUNK_MESSAGES, next);
            tail = next;
            tailIndex = 1;
        } else {
            SLOT.setRelease(tail, tailIndex++, message);
        }
    }

    /** Takes the oldest message, or null. Consumer only. */
    @Nullable
    Object poll() {
        Object message = peek();
        if (message != null) {
            // Behind it nothing is read here before the producer has written, and it never writes a slot twice.
            head[headIndex++] = null;
        }
        return message;
    }

    /** Whether there is no message now. Consumer only. */
    boolean isEmpty() {
        return peek() == null;
    }

    /** Forgets all messages. Consumer only. */
    void clear() {
        for (Object message; (message = poll()) != null; ) {
            ReferenceCountUtil.release(message);
        }
    }

    private @Nullable Object peek() {
        Object found = SLOT.getAcquire(head, headIndex);
        if (found != null && headIndex == CHUNK_MESSAGES) {
            head = (Object[]) found;
            headIndex = 0;
            found = SLOT.getAcquire(head, 0);
        }
        return found;
    }
}
