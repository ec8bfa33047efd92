package io.offramp.proxy.http2.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * Writes the frames of one connection into a {@link FrameBurst}. So a promise is kept at once: the frame has its place
 * in the order of all frames, and leaves with the next flush. Confined to the event loop.
 */
public final class FrameWriter extends DefaultHttp2FrameWriter {
    private static final int HEADER_BYTES = 9;
    private static final int USUAL_HEAD_BYTES = 256;
    private static final int ACK = 0x1;
    private static final int END_STREAM = 0x1;
    private static final int END_HEADERS = 0x4;

    private final FrameBurst burst;
    private final Http2HeadersEncoder hpack;

    /** @param hpack the encoder of field sections */
    public FrameWriter(FrameBurst burst, Http2HeadersEncoder hpack) {
        super(hpack);
        this.burst = burst;
        this.hpack = hpack;
    }

    /**
     * Begins a DATA frame.
     *
     * @param length bytes of body, at most {@link #maxFrameSize}
     * @param following bytes of body that will be written behind it, as far as known
     * @return where the caller appends exactly {@code length} bytes; stays ours
     */
    public ByteBuf data(int streamId, int length, boolean last, int following) {
        ByteBuf out = burst.room(HEADER_BYTES + length, HEADER_BYTES + length + following);
        header(out, length, Http2FrameTypes.DATA, last ? END_STREAM : 0, streamId);
        return out;
    }

    /**
     * Writes a field section, in as many frames as it needs.
     *
     * @throws Http2Exception if it cannot be encoded
     */
    public void headers(int streamId, Http2Headers headers, boolean last) throws Http2Exception {
        ByteBuf out = burst.room(HEADER_BYTES + USUAL_HEAD_BYTES, 0);
        int start = out.writerIndex();
        out.writerIndex(start + HEADER_BYTES);
        try {
            hpack.encodeHeaders(streamId, headers, out);
        } catch (Http2Exception | RuntimeException e) {
            out.writerIndex(start);
            throw e;
        }
        int length = out.writerIndex() - start - HEADER_BYTES;
        int flags = last ? END_STREAM : 0;
        int most = maxFrameSize();
        if (length <= most) {
            setHeader(out, start, length, Http2FrameTypes.HEADERS, flags | END_HEADERS, streamId);
            return;
        }
        ByteBuf rest = out.copy(start + HEADER_BYTES + most, length - most);
        try {
            out.writerIndex(start + HEADER_BYTES + most);
            setHeader(out, start, most, Http2FrameTypes.HEADERS, flags, streamId);
            continuations(streamId, rest, most);
        } finally {
            rest.release();
        }
    }

    private void continuations(int streamId, ByteBuf rest, int most) {
        while (rest.isReadable()) {
            int length = Math.min(rest.readableBytes(), most);
            ByteBuf out = burst.room(HEADER_BYTES + length, rest.readableBytes());
            int flags = length == rest.readableBytes() ? END_HEADERS : 0;
            header(out, length, Http2FrameTypes.CONTINUATION, flags, streamId);
            out.writeBytes(rest, length);
        }
    }

    @Override
    public ChannelFuture writeHeaders(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int padding,
            boolean endStream,
            ChannelPromise promise) {
        try {
            headers(streamId, headers, endStream);
            return promise.setSuccess();
        } catch (Http2Exception e) {
            return promise.setFailure(e);
        }
    }

    @Override
    public ChannelFuture writeData(
            ChannelHandlerContext ctx,
            int streamId,
            ByteBuf data,
            int padding,
            boolean endStream,
            ChannelPromise promise) {
        try {
            do {
                int length = Math.min(data.readableBytes(), maxFrameSize());
                int rest = data.readableBytes() - length;
                data(streamId, length, endStream && rest == 0, rest).writeBytes(data, length);
            } while (data.isReadable());
        } finally {
            data.release();
        }
        return promise.setSuccess();
    }

    @Override
    public ChannelFuture writeRstStream(
            ChannelHandlerContext ctx, int streamId, long errorCode, ChannelPromise promise) {
        frame(Integer.BYTES, Http2FrameTypes.RST_STREAM, 0, streamId).writeInt((int) errorCode);
        return promise.setSuccess();
    }

    @Override
    public ChannelFuture writeSettings(ChannelHandlerContext ctx, Http2Settings settings, ChannelPromise promise) {
        ByteBuf out = frame((Short.BYTES + Integer.BYTES) * settings.size(), Http2FrameTypes.SETTINGS, 0, 0);
        for (var entry : settings.entries()) {
            out.writeShort(entry.key());
            out.writeInt(entry.value().intValue());
        }
        return promise.setSuccess();
    }

    @Override
    public ChannelFuture writeSettingsAck(ChannelHandlerContext ctx, ChannelPromise promise) {
        frame(0, Http2FrameTypes.SETTINGS, ACK, 0);
        return promise.setSuccess();
    }

    @Override
    public ChannelFuture writePing(ChannelHandlerContext ctx, boolean ack, long data, ChannelPromise promise) {
        frame(Long.BYTES, Http2FrameTypes.PING, ack ? ACK : 0, 0).writeLong(data);
        return promise.setSuccess();
    }

    @Override
    public ChannelFuture writeGoAway(
            ChannelHandlerContext ctx, int lastStreamId, long errorCode, ByteBuf debugData, ChannelPromise promise) {
        try {
            int length = 2 * Integer.BYTES + debugData.readableBytes();
            frame(length, Http2FrameTypes.GO_AWAY, 0, 0)
                    .writeInt(lastStreamId)
                    .writeInt((int) errorCode)
                    .writeBytes(debugData);
        } finally {
            debugData.release();
        }
        return promise.setSuccess();
    }

    @Override
    public ChannelFuture writeWindowUpdate(
            ChannelHandlerContext ctx, int streamId, int windowSizeIncrement, ChannelPromise promise) {
        frame(Integer.BYTES, Http2FrameTypes.WINDOW_UPDATE, 0, streamId).writeInt(windowSizeIncrement);
        return promise.setSuccess();
    }

    private ByteBuf frame(int length, byte type, int flags, int streamId) {
        ByteBuf out = burst.room(HEADER_BYTES + length, 0);
        header(out, length, type, flags, streamId);
        return out;
    }

    private static void header(ByteBuf out, int length, byte type, int flags, int streamId) {
        int start = out.writerIndex();
        out.writerIndex(start + HEADER_BYTES);
        setHeader(out, start, length, type, flags, streamId);
    }

    private static void setHeader(ByteBuf out, int at, int length, byte type, int flags, int streamId) {
        out.setMedium(at, length);
        out.setByte(at + 3, type);
        out.setByte(at + 4, flags);
        out.setInt(at + 5, streamId);
    }
}
