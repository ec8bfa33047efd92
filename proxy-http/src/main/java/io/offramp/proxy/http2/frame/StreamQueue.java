package io.offramp.proxy.http2.frame;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Frames of one stream behind flow control, in their order. For the library this is one frame, which has as many bytes
 * as the stream's window takes; the others wait here. Owns the frames. Confined to the event loop.
 */
final class StreamQueue implements FlowControlled {
    private final Http2RemoteFlowController windows;
    private final Http2Stream stream;
    private final ArrayDeque<FlowControlled> frames = new ArrayDeque<>(2);
    /** Bytes that the library counts. */
    private int offered;
    /** Bytes behind those, which the window does not take. */
    private int held;

    private boolean writing;

    /** @param windows of the library */
    StreamQueue(Http2RemoteFlowController windows, Http2Stream stream) {
        this.windows = windows;
        this.stream = stream;
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    /** True if the stream's window does not take all. */
    boolean isHeld() {
        return held > 0;
    }

    /** Adds a frame, which moves here. */
    void add(FlowControlled frame) {
        FlowControlled last = frames.peekLast();
        int before = last == null ? 0 : last.size();
        if (last != null && last.merge(windows.channelHandlerContext(), frame)) {
            held += last.size() - before;
        } else {
            frames.addLast(frame);
            held += frame.size();
        }
        offer();
    }

    /** Gives the library what the window takes. */
    void offer() {
        if (growth() > 0) {
            if (!windows.hasFlowControlled(stream)) { // else it grows when it is merged
                grow();
            }
            windows.addFlowControlled(stream, this);
        }
    }

    private int growth() {
        return Math.clamp((long) windows.windowSize(stream) - offered, 0, held);
    }

    private void grow() {
        int more = growth();
        offered += more;
        held -= more;
    }

    /** Writes an end in front of which nothing is left. It needs no window, nor its turn. */
    void writeEnd() {
        ChannelHandlerContext ctx = windows.channelHandlerContext();
        try {
            write(ctx, 0);
        } catch (RuntimeException e) {
            error(ctx, e);
        }
    }

    @Override
    public int size() {
        return offered;
    }

    @Override
    public boolean merge(ChannelHandlerContext ctx, FlowControlled same) {
        grow();
        return true;
    }

    @Override
    public void write(ChannelHandlerContext ctx, int allowedBytes) {
        writing = true;
        try {
            int left = Math.min(allowedBytes, offered);
            FlowControlled frame = frames.peekFirst();
            while (frame != null && (left > 0 || frame.size() == 0) && isOpen()) {
                left -= write(ctx, frame, left);
                frame = frames.peekFirst();
            }
        } finally {
            writing = false;
        }
        dropIfOver();
    }

    /** Gives the bytes that have left. A frame that has failed may drop more than it was allowed to write. */
    private int write(ChannelHandlerContext ctx, FlowControlled frame, int allowedBytes) {
        int before = frame.size();
        try {
            frame.write(ctx, allowedBytes);
        } finally {
            int gone = before - frame.size();
            int counted = Math.min(gone, offered);
            offered -= counted;
            held -= gone - counted;
        }
        if (frame.size() == 0) {
            frames.removeFirst();
            frame.writeComplete();
        }
        return before - frame.size();
    }

    @Override
    public void writeComplete() {
        // Each frame has learned of its own.
    }

    private boolean isOpen() {
        return stream.state().localSideOpen();
    }

    /** The stream may have ended in front of its frames. */
    void dropIfOver() {
        if (!writing && !isOpen() && !frames.isEmpty()) {
            error(
                    windows.channelHandlerContext(),
                    Http2Exception.streamError(stream.id(), Http2Error.STREAM_CLOSED, "stream ended in front of body"));
        }
    }

    /** The bytes that the library counts stay as they are: it subtracts them itself. */
    @Override
    public void error(@Nullable ChannelHandlerContext ctx, Throwable cause) {
        held = 0;
        for (FlowControlled frame = frames.pollFirst(); frame != null; frame = frames.pollFirst()) {
            frame.error(ctx, cause);
        }
    }
}
