package io.offramp.proxy.http2.frame;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import java.util.ArrayDeque;

/**
 * Flow control towards a peer (RFC 9113 §5.2), of the library, which gets no more of a stream than the stream's window
 * takes. The library counts all that it has against the connection's window: what cannot leave because its own stream
 * is stalled would stop all the others. Confined to the event loop.
 */
public final class RemoteFlow implements Http2RemoteFlowController {
    /** Smallest part of a turn that a stream gets while others wait: one full frame. */
    private static final int CHUNK_BYTES = 16 << 10;

    private final Http2Connection streams;
    private final Http2RemoteFlowController windows;
    private final Http2Connection.PropertyKey key;
    /** Queues of ends without bytes. */
    private final ArrayDeque<StreamQueue> ends = new ArrayDeque<>();

    private Listener listener;

    /**
     * Flow control of one connection.
     *
     * @param listener called for a stream that may have become writable, or no longer is
     */
    public RemoteFlow(Http2Connection streams, Listener listener) {
        this.streams = streams;
        this.listener = listener;
        UniformStreamByteDistributor distributor = new UniformStreamByteDistributor(streams);
        distributor.minAllocationChunk(CHUNK_BYTES);
        windows = new DefaultHttp2RemoteFlowController(streams, distributor, listener);
        key = streams.newKey();
        streams.addListener(
                new Http2ConnectionAdapter() { // behind that of the library
                    @Override
                    public void onStreamActive(Http2Stream stream) {
                        onWindow(stream);
                    }

                    @Override
                    public void onStreamHalfClosed(Http2Stream stream) {
                        onEnd(stream);
                    }

                    @Override
                    public void onStreamClosed(Http2Stream stream) {
                        onEnd(stream);
                    }
                });
    }

    /** A stream's window may have grown. The library has told so already, but then frames were still held back. */
    private void onWindow(Http2Stream stream) {
        StreamQueue queue = stream.getProperty(key);
        if (queue != null && queue.isHeld()) {
            queue.offer();
            if (isWritable(stream)) {
                listener.writabilityChanged(stream);
            }
        }
    }

    private void onEnd(Http2Stream stream) {
        StreamQueue queue = stream.getProperty(key);
        if (queue != null) {
            queue.dropIfOver();
        }
    }

    @Override
    public void addFlowControlled(Http2Stream stream, FlowControlled frame) {
        StreamQueue queue = stream.getProperty(key);
        if (queue == null) {
            queue = new StreamQueue(windows, stream);
            stream.setProperty(key, queue);
        }
        if (queue.isEmpty() && frame.size() == 0) {
            ends.addLast(queue);
        }
        queue.add(frame);
    }

    @Override
    public boolean hasFlowControlled(Http2Stream stream) {
        StreamQueue queue = stream.getProperty(key);
        return queue != null && !queue.isEmpty();
    }

    @Override
    public boolean isWritable(Http2Stream stream) {
        StreamQueue queue = stream.getProperty(key);
        return (queue == null || !queue.isHeld()) && windows.isWritable(stream);
    }

    @Override
    public void incrementWindowSize(Http2Stream stream, int delta) throws Http2Exception {
        windows.incrementWindowSize(stream, delta);
        onWindow(stream);
    }

    @Override
    public void initialWindowSize(int newWindowSize) throws Http2Exception {
        windows.initialWindowSize(newWindowSize);
        streams.forEachActiveStream(stream -> {
            onWindow(stream);
            return true;
        });
    }

    @Override
    public int initialWindowSize() {
        return windows.initialWindowSize();
    }

    @Override
    public int windowSize(Http2Stream stream) {
        return windows.windowSize(stream);
    }

    @Override
    public void writePendingBytes() throws Http2Exception {
        for (StreamQueue queue = ends.pollFirst(); queue != null; queue = ends.pollFirst()) {
            queue.writeEnd();
        }
        windows.writePendingBytes();
    }

    @Override
    public void channelWritabilityChanged() throws Http2Exception {
        windows.channelWritabilityChanged();
    }

    @Override
    public void channelHandlerContext(ChannelHandlerContext ctx) throws Http2Exception {
        windows.channelHandlerContext(ctx);
    }

    @Override
    public ChannelHandlerContext channelHandlerContext() {
        return windows.channelHandlerContext();
    }

    @Override
    public void listener(Listener next) {
        listener = next;
        windows.listener(next);
    }

    @Override
    public void updateDependencyTree(int childStreamId, int parentStreamId, short weight, boolean exclusive) {
        windows.updateDependencyTree(childStreamId, parentStreamId, weight, exclusive);
    }
}
