package io.offramp.proxy.compress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compresses one body after another, as a stream that can be flushed at any place. Output gathers in one buffer, which
 * goes out when it is full, or at a flush. Confined to one event loop; has native memory until {@link #close}.
 */
abstract class Compressor {
    private static final int OUT_BYTES = 8 * 1024;

    private @Nullable ByteBuf out;
    private long memoryBytes;

    /** Native memory that is counted for it. */
    final long memoryBytes() {
        return memoryBytes;
    }

    /** More is counted for it. */
    final void onMemory(long more) {
        memoryBytes += more;
    }

    /** Begins a body. */
    abstract void begin(int level);

    /** Takes a piece of it, whose owner is the caller. */
    abstract void write(ByteBuf piece, ByteBufAllocator allocator, Consumer<ByteBuf> to);

    /** Puts out all that was taken. */
    final void flush(ByteBufAllocator allocator, Consumer<ByteBuf> to) {
        drain(allocator, to);
        pass(to);
    }

    /** Ends the body. */
    final void end(ByteBufAllocator allocator, Consumer<ByteBuf> to) {
        finish(allocator, to);
        pass(to);
    }

    abstract void drain(ByteBufAllocator allocator, Consumer<ByteBuf> to);

    abstract void finish(ByteBufAllocator allocator, Consumer<ByteBuf> to);

    /** Forgets a body, complete or not; another may begin. */
    void reset() {
        ByteBuf left = out;
        out = null;
        if (left != null) {
            left.release();
        }
    }

    /** Gives its native memory back. */
    abstract void close();

    /** A direct buffer with room. */
    final ByteBuf room(ByteBufAllocator allocator, Consumer<ByteBuf> to) {
        ByteBuf now = out;
        if (now != null && now.writableBytes() < OUT_BYTES / 8) {
            pass(to);
            now = null;
        }
        if (now == null) {
            now = allocator.directBuffer(OUT_BYTES, OUT_BYTES);
            out = now;
        }
        return now;
    }

    private void pass(Consumer<ByteBuf> to) {
        ByteBuf full = out;
        out = null;
        if (full == null) {
            return;
        }
        if (full.isReadable()) {
            to.accept(full);
        } else {
            full.release();
        }
    }
}
