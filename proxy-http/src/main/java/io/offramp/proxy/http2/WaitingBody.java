package io.offramp.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.offramp.proxy.message.Fields;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Body on one stream that waits because its exchange takes no more, and the end behind it. Bounded by the stream's
 * window: its credit goes back only for what was passed on. Small pieces are joined, for a window full of single bytes
 * would take many times its size; others are copied if they would keep a much larger buffer from its pool. Confined to
 * the event loop.
 */
public final class WaitingBody {
    private static final int SMALL_BYTES = 2 << 10;
    private static final int JOINED_BYTES = 4 << 10;
    /** A piece that waits keeps no buffer of more than its size times this. */
    private static final int MOST_KEPT = 4;

    private final ByteBufAllocator allocator;
    private @Nullable ArrayDeque<ByteBuf> waiting;
    /** Ours to append to; the last that waits. */
    private @Nullable ByteBuf joined;

    private @Nullable Fields end;

    /** @param allocator for joined pieces */
    public WaitingBody(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** True if nothing waits. */
    public boolean isEmpty() {
        return !hasPiece() && end == null;
    }

    /** True if bytes wait. */
    public boolean hasPiece() {
        return waiting != null && !waiting.isEmpty();
    }

    /** Adds bytes behind the others; {@code data} stays the caller's. */
    public void add(ByteBuf data) {
        int bytes = data.readableBytes();
        ArrayDeque<ByteBuf> pieces = waiting == null ? new ArrayDeque<>(4) : waiting;
        waiting = pieces;
        if (bytes > SMALL_BYTES && (long) bytes * MOST_KEPT >= capacity(data)) {
            joined = null;
            pieces.addLast(data.retainedSlice());
            return;
        }
        ByteBuf last = joined;
        if (last == null || last.writableBytes() < bytes) {
            int room = Math.max(JOINED_BYTES, bytes);
            last = allocator.directBuffer(room, room);
            joined = last;
            pieces.addLast(last);
        }
        last.writeBytes(data, data.readerIndex(), bytes);
    }

    /** Bytes of the buffer that a piece is a part of. */
    private static int capacity(ByteBuf piece) {
        ByteBuf whole = piece;
        for (ByteBuf outer = piece.unwrap(); outer != null; outer = outer.unwrap()) {
            whole = outer;
        }
        return whole.capacity();
    }

    /** The request ends behind what waits. */
    public void end(Fields trailers) {
        end = trailers;
    }

    /** The next piece, which moves to the caller; only if there is one. */
    public ByteBuf take() {
        if (waiting == null) {
            throw new IllegalStateException("nothing waits");
        }
        ByteBuf piece = waiting.removeFirst();
        if (piece == joined) {
            joined = null;
        }
        return piece;
    }

    /** True if all pieces are taken, and the end waits without trailers. */
    public boolean endsPlainly() {
        return !hasPiece() && end != null && end.size() == 0;
    }

    /** The end, if all pieces in front of it are taken; null before. */
    public @Nullable Fields takeEnd() {
        Fields taken = hasPiece() ? null : end;
        if (taken != null) {
            end = null;
        }
        return taken;
    }

    /** Drops everything; gives the bytes that waited. */
    public int drop() {
        joined = null;
        end = null;
        int bytes = 0;
        while (hasPiece()) {
            ByteBuf piece = take();
            bytes += piece.readableBytes();
            piece.release();
        }
        return bytes;
    }
}
