package io.offramp.proxy.http2.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.offramp.proxy.channel.TurnFlush;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one connection between two flushes, in few buffers: frames of many streams leave in one record, and the
 * nine bytes in front of each never alone. Frames without a flush are flushed at the end of the event loop's turn.
 * Confined to the event loop.
 */
public final class FrameBurst implements TurnFlush.Writer {
    /** Below this a buffer grows for the next frame; above, the next frame begins another. */
    private static final int GROW_BYTES = 8 << 10;

    private static final int LEAST_BYTES = 512;
    private static final int MOST_BYTES = 64 << 10;

    private final Queue queue;
    private ChannelHandlerContext ctx;
    private TurnFlush turn;
    private @Nullable ByteBuf open;
    private long bytes;
    private State state = State.CLEAN;
    private boolean inTurn;

    private enum State {
        CLEAN,
        /** Frames were written since the last flush. */
        DIRTY,
        FLUSHING,
        /** Another flush was asked for within a flush. */
        AGAIN,
        CLOSED
    }

    /** Frames that flow control holds back. */
    @FunctionalInterface
    public interface Queue {
        /**
         * Writes what the peer allows.
         *
         * @throws Http2Exception if the connection cannot go on
         */
        void write() throws Http2Exception;
    }

    /** @param queue written at each flush */
    @SuppressWarnings("NullAway.Init") // the rest is set by begin
    public FrameBurst(Queue queue) {
        this.queue = queue;
    }

    /**
     * Begins, before the first frame.
     *
     * @param context of the handler that writes
     * @param of its event loop
     */
    public void begin(ChannelHandlerContext context, TurnFlush of) {
        ctx = context;
        turn = of;
    }

    /** Bytes passed to the channel so far. */
    public long bytes() {
        return bytes;
    }

    /**
     * A buffer to append to, which stays ours.
     *
     * @param needed it has at least this much room
     * @param following bytes that will be written next, as far as known
     */
    public ByteBuf room(int needed, int following) {
        if (state == State.CLOSED) {
            return Unpooled.buffer(needed); // nobody reads it
        }
        touch();
        ByteBuf buffer = open;
        if (buffer != null && buffer.writableBytes() >= needed) {
            return buffer;
        }
        if (buffer != null && buffer.readableBytes() + needed <= GROW_BYTES) {
            return buffer.ensureWritable(needed);
        }
        pass();
        buffer = ctx.alloc().directBuffer(Math.max(needed, Math.clamp(following, LEAST_BYTES, MOST_BYTES)));
        open = buffer;
        return buffer;
    }

    /** A flush is due in this turn. */
    public void touch() {
        if (state == State.CLEAN) {
            state = State.DIRTY;
        }
        if (!inTurn && state == State.DIRTY) {
            inTurn = true;
            turn.add(this);
        }
    }

    /** More waits in the queue: it is written in this turn, or at the end of a flush under way. */
    public void queued() {
        if (state == State.FLUSHING) {
            state = State.AGAIN;
        }
        touch();
    }

    /** Writes what is queued, and flushes. A call within a flush is made good at its end. */
    public void flush() {
        if (state == State.FLUSHING) {
            state = State.AGAIN;
        }
        if (state == State.AGAIN || state == State.CLOSED) {
            return;
        }
        do {
            state = State.FLUSHING;
            writeQueue();
            pass();
            ctx.flush();
        } while (state == State.AGAIN);
        if (state == State.FLUSHING) {
            state = State.CLEAN;
        }
        if (open != null) {
            touch();
        }
    }

    @Override
    public void onTurnEnd() {
        inTurn = false;
        if (state == State.DIRTY) {
            flush();
        }
    }

    /** The channel is gone: drops what was not passed on. */
    public void close() {
        state = State.CLOSED;
        ByteBuf buffer = open;
        open = null;
        if (buffer != null) {
            buffer.release();
        }
    }

    private void writeQueue() {
        try {
            queue.write();
        } catch (Http2Exception e) {
            ctx.pipeline().fireExceptionCaught(e); // for the codec, which ends the connection
        }
    }

    private void pass() {
        ByteBuf buffer = open;
        if (buffer != null) {
            open = null;
            bytes += buffer.readableBytes();
            ctx.write(buffer, ctx.voidPromise());
        }
    }
}
