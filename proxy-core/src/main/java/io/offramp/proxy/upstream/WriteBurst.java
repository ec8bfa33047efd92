package io.offramp.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * What is written to a channel between two flushes. A head and a small body are put into one buffer, since a segment or
 * a record of their own would cost more than the copy; larger pieces pass as they are. Confined to the event loop.
 */
public final class WriteBurst {
    private static final int SMALL_BYTES = 2 << 10;

    private final ChannelHandlerContext ctx;
    private @Nullable ByteBuf open;
    private boolean dirty;

    /** @param ctx of the handler that writes */
    public WriteBurst(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    /**
     * A buffer to append to, with at least so much room; it stays ours.
     *
     * @param bytes     needed
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
        dirty = true;
        return buffer;
    }

    /** Writes a piece, which moves here. */
    public void write(ByteBuf piece) {
        ByteBuf buffer = open;
        int bytes = piece.readableBytes();
        if (buffer != null && bytes <= SMALL_BYTES && bytes <= buffer.writableBytes()) {
            buffer.writeBytes(piece);
            piece.release();
            return;
        }
        append();
        dirty = true;
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

    private void append() {
        ByteBuf buffer = open;
        if (buffer != null) {
            open = null;
            ctx.write(buffer, ctx.voidPromise());
        }
    }
}
