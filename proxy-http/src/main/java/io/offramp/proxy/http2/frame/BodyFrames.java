package io.offramp.proxy.http2.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of one stream's body, and its end, that wait for the peer's flow control. Pieces that wait together become as
 * few DATA frames as possible, and the last one ends the stream. Owns the pieces. Confined to the event loop.
 */
public final class BodyFrames implements FlowControlled {
    private final Sink sink;
    private final int streamId;
    private @Nullable ByteBuf first;
    private @Nullable ArrayDeque<ByteBuf> more;
    private @Nullable Http2Headers trailers;
    private int size;
    private boolean last;

    /** Takes frames, and learns of their fate. */
    public interface Sink {
        /** Where frames are written. */
        FrameWriter writer();

        /** These bytes of body are written. */
        void onBodyWritten(int bytes);

        /** The last frame is written: this side of the stream has ended. */
        void onEndWritten();

        /** A frame cannot be written. */
        void onWriteFailed(Throwable cause);
    }

    private BodyFrames(Sink sink, int streamId) {
        this.sink = sink;
        this.streamId = streamId;
    }

    /** A piece that is not empty, and moves here. */
    public static BodyFrames piece(Sink sink, int streamId, ByteBuf piece) {
        BodyFrames frames = new BodyFrames(sink, streamId);
        frames.first = piece;
        frames.size = piece.readableBytes();
        return frames;
    }

    /**
     * The end.
     *
     * @param trailers null if there are none
     */
    public static BodyFrames end(Sink sink, int streamId, @Nullable Http2Headers trailers) {
        BodyFrames frames = new BodyFrames(sink, streamId);
        frames.last = true;
        frames.trailers = trailers;
        return frames;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean merge(ChannelHandlerContext ctx, FlowControlled next) {
        BodyFrames behind = (BodyFrames) next;
        if (behind.first != null) {
            add(behind.first);
            behind.first = null;
        }
        last = behind.last;
        trailers = behind.trailers;
        return true;
    }

    private void add(ByteBuf piece) {
        size += piece.readableBytes();
        if (first == null) {
            first = piece;
            return;
        }
        if (more == null) {
            more = new ArrayDeque<>(4);
        }
        more.addLast(piece);
    }

    @Override
    public void write(ChannelHandlerContext ctx, int allowedBytes) {
        FrameWriter writer = sink.writer();
        int written = Math.min(allowedBytes, size);
        int left = written;
        while (left > 0) {
            int length = Math.min(left, writer.maxFrameSize());
            left -= length;
            size -= length;
            copy(length, writer.data(streamId, length, last && size == 0 && trailers == null, left));
        }
        sink.onBodyWritten(written);
        if (size == 0 && last) {
            writeEnd(writer, written > 0);
        }
    }

    private void copy(int length, ByteBuf out) {
        int left = length;
        ByteBuf piece = first;
        while (piece != null && left > 0) {
            int bytes = Math.min(left, piece.readableBytes());
            out.writeBytes(piece, bytes);
            left -= bytes;
            if (!piece.isReadable()) {
                piece.release();
                piece = more == null ? null : more.pollFirst();
                first = piece;
            }
        }
    }

    private void writeEnd(FrameWriter writer, boolean done) {
        Http2Headers fields = trailers;
        if (fields != null) {
            try {
                writer.headers(streamId, fields, true);
            } catch (Http2Exception e) {
                throw new IllegalStateException(e);
            }
        } else if (!done) {
            writer.data(streamId, 0, true, 0);
        }
    }

    @Override
    public void writeComplete() {
        if (last) {
            sink.onEndWritten();
        }
    }

    @Override
    public void error(@Nullable ChannelHandlerContext ctx, Throwable cause) {
        drop();
        sink.onWriteFailed(cause);
    }

    private void drop() {
        if (first != null) {
            first.release();
            first = null;
        }
        if (more != null) {
            more.forEach(ByteBuf::release);
            more.clear();
        }
    }
}
