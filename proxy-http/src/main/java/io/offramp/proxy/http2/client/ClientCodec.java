package io.offramp.proxy.http2.client;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.offramp.proxy.exchange.Http2Rules;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.http2.FieldDecoder;
import io.offramp.proxy.http2.FieldEncoder;
import io.offramp.proxy.http2.frame.FrameBurst;
import io.offramp.proxy.http2.frame.FrameReader;
import io.offramp.proxy.http2.frame.FrameWriter;
import io.offramp.proxy.http2.frame.RemoteFlow;
import org.jspecify.annotations.Nullable;

/**
 * Frames, HPACK, states of streams and flow control, of the library, with our output and our ends. The handler in front
 * of {@link Http2ClientConnection}, which adds it when the handshake is over: it writes SETTINGS at once.
 */
final class ClientCodec extends Http2ConnectionHandler {
    private static final int SMALL_CONTINUATIONS = 16;
    private static final float UPDATE_RATIO = 0.5f;

    private final Http2ClientConnection owner;
    private final FrameBurst burst;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final int connectionWindow;
    private final ResetStreams resets;
    private ChannelHandlerContext context;

    @SuppressWarnings("NullAway.Init") // context is set by handlerAdded
    private ClientCodec(
            Http2ClientConnection owner,
            FrameBurst burst,
            FrameReader reader,
            FrameWriter writer,
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            int connectionWindow,
            ResetStreams resets) {
        super(decoder, encoder, settings, true, false);
        this.owner = owner;
        this.burst = burst;
        this.reader = reader;
        this.writer = writer;
        this.connectionWindow = connectionWindow;
        this.resets = resets;
    }

    /** @param watch sees all frames of the client */
    static ClientCodec of(Http2ClientConnection owner, FrameReader.Watch watch, HttpFrontSettings front) {
        Http2Rules rules = front.http2();
        Http2Connection streams = new DefaultHttp2Connection(true, 0);
        RemoteFlow remote = new RemoteFlow(streams, owner::onWritability);
        streams.remote().flowController(remote);
        // The connection's window is refilled at once, so a stalled stream does not stop the others.
        streams.local().flowController(new DefaultHttp2LocalFlowController(streams, UPDATE_RATIO, true));
        FrameBurst burst = new FrameBurst(remote::writePendingBytes);
        FrameWriter writer = new FrameWriter(burst, new FieldEncoder());
        FieldDecoder hpack = new FieldDecoder(front.heads());
        FrameReader reader = new FrameReader(hpack, SMALL_CONTINUATIONS, watch);
        Http2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(streams, writer);
        Http2ConnectionDecoder decoder = new DefaultHttp2ConnectionDecoder(
                streams, encoder, reader, Http2PromisedRequestVerifier.ALWAYS_VERIFY, true, true, false, false);
        decoder.frameListener(new ClientFrames(owner));
        Http2Settings settings = new Http2Settings()
                .maxConcurrentStreams(rules.streams())
                .initialWindowSize(rules.streamWindow())
                .maxHeaderListSize(front.heads().headBytes());
        if (front.hasUpgrades()) {
            settings.put(Http2CodecUtil.SETTINGS_ENABLE_CONNECT_PROTOCOL, Long.valueOf(1)); // RFC 8441 §3
        }
        ResetStreams resets = new ResetStreams(rules.streams());
        return new ClientCodec(
                owner, burst, reader, writer, decoder, encoder, settings, rules.connectionWindow(), resets);
    }

    ChannelHandlerContext context() {
        return context;
    }

    FrameBurst burst() {
        return burst;
    }

    FrameReader reader() {
        return reader;
    }

    FrameWriter writer() {
        return writer;
    }

    /** Asks for an answer, which carries the same number. */
    void ping(long data) {
        owner.faults().onAsked();
        writer.writePing(context, false, data, context.newPromise());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        burst.begin(ctx, owner.turnFlush());
        super.handlerAdded(ctx);
        owner.faults().onAsked();
        openWindow(ctx);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        super.channelActive(ctx);
        openWindow(ctx);
    }

    /** The connection's first window, which SETTINGS do not change (RFC 9113 §6.9.2). */
    private void openWindow(ChannelHandlerContext ctx) throws Http2Exception {
        var flow = connection().local().flowController();
        int more = connectionWindow - flow.initialWindowSize(connection().connectionStream());
        if (ctx.channel().isActive() && more > 0) {
            flow.incrementWindowSize(connection().connectionStream(), more);
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        burst.flush();
    }

    /** Reads no more than the gate allows, unlike the library. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        discardSomeReadBytes();
        ctx.fireChannelReadComplete();
        burst.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        burst.close();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
        super.handlerRemoved0(ctx);
        burst.close();
    }

    @Override
    public ChannelFuture resetStream(ChannelHandlerContext ctx, int streamId, long errorCode, ChannelPromise promise) {
        resets.add(streamId);
        return super.resetStream(ctx, streamId, errorCode, promise);
    }

    /**
     * Frames that were on their way when we reset their stream are ignored; others for a closed stream end the
     * connection (RFC 9113 §5.1).
     */
    @Override
    protected void onStreamError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception.StreamException fault) {
        if (outbound) {
            return; // what is queued for a closed stream; its end is reported apart
        }
        Http2Stream stream = connection().stream(fault.streamId());
        boolean ended = stream != null && !stream.state().remoteSideOpen() && reader.isOfMessage();
        boolean closed = stream == null && fault.error() == Http2Error.STREAM_CLOSED;
        boolean late = closed && resets.contains(fault.streamId());
        if (closed && !late) {
            owner.faults().endConnection(Http2Exception.connectionError(fault.error(), fault.getMessage()));
            return;
        }
        if (ended) { // the library has another code for fields behind the end
            resetStream(ctx, fault.streamId(), Http2Error.STREAM_CLOSED.code(), ctx.newPromise());
        } else if (!late) {
            super.onStreamError(ctx, false, cause, fault);
        }
        owner.faults().onStreamFault(fault, late);
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception fault) {
        owner.faults().endConnection(cause);
    }
}
