package io.offramp.proxy.http2.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2HeadersDecoder;

/** Reads frame by frame, and shows each to a watch before anything is done for it. Confined to the event loop. */
public final class FrameReader extends DefaultHttp2FrameReader {
    private static final int HEADER_BYTES = 9;
    private static final int END_HEADERS = 0x4;

    private final Watch watch;
    private Part part = Part.BETWEEN;
    private byte type;
    private int sections;

    /** Sees frames as they come. */
    @FunctionalInterface
    public interface Watch {
        /**
         * A whole frame has come.
         *
         * @param flags as on the wire
         * @param length bytes of its payload
         * @throws Http2Exception to end the connection
         */
        void onFrame(byte type, int flags, int length) throws Http2Exception;
    }

    /** Where the input stands. */
    public enum Part {
        /** Between two frames, and not within a field section. */
        BETWEEN,
        /** Within a frame that is no part of a field section. */
        FRAME,
        /** Within a field section: a HEADERS frame has begun, and its last CONTINUATION is not complete. */
        FIELDS,
        /** Behind an error of the connection: the rest is not read. */
        BROKEN
    }

    /** @param smallContinuations of one field section, at most */
    public FrameReader(Http2HeadersDecoder hpack, int smallContinuations, Watch watch) {
        super(hpack, smallContinuations);
        this.watch = watch;
    }

    /** Where the input stands. */
    public Part part() {
        return part;
    }

    /** True if the last whole frame was one of a message: fields or data. */
    public boolean isOfMessage() {
        return type == Http2FrameTypes.DATA || type == Http2FrameTypes.HEADERS || type == Http2FrameTypes.CONTINUATION;
    }

    /** Field sections that were complete so far. */
    public int sections() {
        return sections;
    }

    /** Reads nothing more. */
    public void stop() {
        part = Part.BROKEN;
    }

    @Override
    public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener listener) throws Http2Exception {
        if (part == Part.BROKEN) {
            input.skipBytes(input.readableBytes());
        }
        try {
            while (part != Part.BROKEN && input.isReadable() && readOne(ctx, input, listener)) {}
        } catch (Http2Exception e) {
            if (!Http2Exception.isStreamError(e)) {
                part = Part.BROKEN;
            }
            throw e;
        } catch (RuntimeException e) {
            part = Part.BROKEN;
            throw e;
        }
    }

    /** Reads one frame; false if it is not complete. One with too long a length is left to the library. */
    private boolean readOne(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener listener)
            throws Http2Exception {
        int start = input.readerIndex();
        int end = input.writerIndex();
        int received = end - start - HEADER_BYTES;
        if (received < 0) {
            part = part == Part.FIELDS ? Part.FIELDS : Part.FRAME;
            return false;
        }
        int length = input.getUnsignedMedium(start);
        byte next = input.getByte(start + 3);
        int flags = input.getUnsignedByte(start + 4);
        boolean fields = next == Http2FrameTypes.HEADERS || next == Http2FrameTypes.CONTINUATION;
        if (received < length && length <= maxFrameSize()) {
            part = fields ? Part.FIELDS : Part.FRAME;
            return false;
        }
        type = next;
        watch.onFrame(next, flags, length);
        part = fields && (flags & END_HEADERS) == 0 ? Part.FIELDS : Part.BETWEEN;
        if (fields && part == Part.BETWEEN) {
            sections++;
        }
        input.writerIndex(Math.min(end, start + HEADER_BYTES + length));
        try {
            super.readFrame(ctx, input, listener);
        } finally {
            input.writerIndex(end);
        }
        return true;
    }
}
