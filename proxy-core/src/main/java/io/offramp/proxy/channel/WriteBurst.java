package io.offramp.proxy.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * The writes to a channel between two flushes. A head and a small body go into one buffer, because a segment or a
 * record of their own would cost more than the copy; larger pieces pass as they are. Writes without a flush are flushed
 * at the end of the event loop's turn. Confined to the event loop.
 */
public final class WriteBurst implements TurnFlush.Writer {
    private static final int SMALL_BYTES = 2 << 10;

    private final ChannelHandlerContext ctx;
    private final TurnFlush turn;
    private @Nullable ByteBuf open;
    private long bytes;
    private boolean dirty;
    private boolean inTurn;

    /**
     * @param ctx of the handler that writes
     * @param turn of its event loop
     */
    public WriteBurst(ChannelHandlerContext ctx, TurnFlush turn) {
        this.ctx = ctx;
        this.turn = turn;
    }

    /** Bytes written to the channel so far, including those of {@link #countSpliced}. */
    public long bytes() {
        return bytes;
    }

    /** Adds bytes that went to the channel another way. */
    public void countSpliced(int more) {
        bytes += more;
    }

    /** True if all writes are flushed. */
    public boolean isFlushed() {
        return !dirty;
    }

    /**
     * A buffer to append to, with at least this much room; it stays ours.
     *
     * @param bytes needed
     * @param following bytes of body that will be written next, as far as known
     */
    public ByteBuf room(int bytes, int following) {
        ByteBuf buffer = open;
        if (buffer != null && buffer.writableBytes() >= bytes) {
            return buffer;
        }
        append();
        buffer = ctx.alloc().directBuffer(bytes + (following <= SMALL_BYTES ? following : 0));
        open = buffer;
        soil();
        return buffer;
    }

    /** Writes a piece, which moves here. */
    public void write(ByteBuf piece) {
        ByteBuf buffer = open;
        int length = piece.readableBytes();
        if (buffer != null && length <= SMALL_BYTES && length <= buffer.writableBytes()) {
            buffer.writeBytes(piece);
            piece.release();
            return;
        }
        append();
        soil();
        bytes += length;
        ctx.write(piece, ctx.voidPromise());
    }

    /** Flushes. */
    public void flush() {
        if (dirty) {
            pass();
            ctx.flush();
        }
    }

    /** Passes the writes on without a flush; the caller flushes the channel. */
    public void pass() {
        dirty = false;
        append();
    }

    /** Drops writes that were not passed on: the channel is closed. */
    public void drop() {
        ByteBuf buffer = open;
        open = null;
        dirty = false;
        if (buffer != null) {
            buffer.release();
        }
    }

    @Override
    public void onTurnEnd() {
        inTurn = false;
        flush();
    }

    private void soil() {
        dirty = true;
        if (!inTurn) {
            inTurn = true;
            turn.add(this);
        }
    }

    private void append() {
        ByteBuf buffer = open;
        if (buffer != null) {
            open = null;
            bytes += buffer.readableBytes();
            ctx.write(buffer, ctx.voidPromise());
        }
    }
}
