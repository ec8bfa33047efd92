package io.offramp.proxy.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * What is written to a channel between two flushes. A head and a small body are put into one buffer, since a segment or
 * a record of their own would cost more than the copy; larger pieces pass as they are. What nobody flushes is flushed
 * at the end of the event loop's turn. Confined to the event loop.
 */
public final class WriteBurst {
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

    /** Bytes written to the channel so far, and of those that {@link #countSpliced} told. */
    public long bytes() {
        return bytes;
    }

    /** So many bytes went to the channel another way. */
    public void countSpliced(int more) {
        bytes += more;
    }

    /** Whether all that was written is flushed. */
    public boolean isFlushed() {
        return !dirty;
    }

    /**
     * A buffer to append to, with at least so much room; it stays ours.
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

    /** Sends what was written. */
    public void flush() {
        if (dirty) {
            pass();
            ctx.flush();
        }
    }

    /** Leaves what was written to the next flush of the channel, which the caller sees to. */
    public void pass() {
        dirty = false;
        append();
    }

    /** Forgets what was not passed on: the channel is closed. */
    public void drop() {
        ByteBuf buffer = open;
        open = null;
        dirty = false;
        if (buffer != null) {
            buffer.release();
        }
    }

    void onTurnEnd() {
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
