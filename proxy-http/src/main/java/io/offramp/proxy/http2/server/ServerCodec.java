package io.offramp.proxy.http2.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.budget.BufferFailures;
import io.offramp.proxy.http2.FieldEncoder;
import io.offramp.proxy.http2.frame.RemoteFlow;
import io.offramp.proxy.tls.PeerAlertException;
import io.offramp.proxy.upstream.ConnectionEnd;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames, HPACK, states of streams and flow control of one connection to a server, of the library, with our ends. The
 * channel's only handler. Confined to the event loop.
 */
final class ServerCodec extends Http2ConnectionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCodec.class);

    private static final int SMALL_CONTINUATIONS = 16;
    private static final float UPDATE_RATIO = 0.5f;
    /** Or that of one stream, if it is more. */
    private static final int CONNECTION_WINDOW = 4 << 20;

    /** For our last words. */
    private static final int GOODBYE_MS = 1000;

    private final Http2ServerConnection owner;
    private final int connectionWindow;
    private @Nullable ChannelHandlerContext ctx;

    private ServerCodec(
            Http2ServerConnection owner,
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            int connectionWindow) {
        super(decoder, encoder, settings, true);
        this.owner = owner;
        this.connectionWindow = connectionWindow;
        gracefulShutdownTimeoutMillis(GOODBYE_MS);
    }

    /**
     * The library's connection, with its flow control.
     *
     * @param hpack with the bounds of field sections
     * @param window credit for the answer of one stream that nobody takes
     */
    static ServerCodec of(Http2ServerConnection owner, Http2HeadersDecoder hpack, int window) {
        Http2Connection streams = new DefaultHttp2Connection(false, 0);
        streams.local().allowPushTo(false);
        streams.remote().flowController(new RemoteFlow(streams, owner::onWritabilityChanged));
        // The connection's window is refilled at once, so that a stalled stream does not stop the others.
        streams.local().flowController(new DefaultHttp2LocalFlowController(streams, UPDATE_RATIO, true));
        streams.addListener(owner);
        Http2ConnectionEncoder encoder =
                new DefaultHttp2ConnectionEncoder(streams, new DefaultHttp2FrameWriter(new FieldEncoder()));
        Http2ConnectionDecoder decoder = new DefaultHttp2ConnectionDecoder(
                streams,
                encoder,
                new DefaultHttp2FrameReader(hpack, SMALL_CONTINUATIONS),
                Http2PromisedRequestVerifier.ALWAYS_VERIFY,
                true,
                true,
                false,
                false);
        decoder.frameListener(new ServerFrames(owner));
        Http2Settings settings = new Http2Settings()
                .pushEnabled(false)
                .maxConcurrentStreams(0)
                .initialWindowSize(window)
                .maxHeaderListSize(hpack.configuration().maxHeaderListSize());
        return new ServerCodec(owner, decoder, encoder, settings, Math.max(CONNECTION_WINDOW, window));
    }

    /** Its context; it has been added to its channel. */
    ChannelHandlerContext ctx() {
        if (ctx == null) {
            throw new IllegalStateException("no channel to " + owner.server().name());
        }
        return ctx;
    }

    ChannelPromise promise() {
        return ctx().newPromise();
    }

    /** Resets a stream, if it is still there. */
    void reset(Http2Stream stream, Http2Error code) {
        resetStream(ctx(), stream.id(), code.code(), promise());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Exception {
        ctx = context;
        super.handlerAdded(context);
        connection()
                .local()
                .flowController()
                .incrementWindowSize(
                        connection().connectionStream(), connectionWindow - Http2ServerConnection.FIRST_WINDOW);
        context.flush();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        owner.onReadComplete();
        super.channelReadComplete(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        owner.onClosed(ConnectionEnd.LOST, "closed");
        super.channelInactive(context);
    }

    /** The server has ended its stream, and so all answers: our last words may still wait for it to read. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (!(event instanceof ChannelInputShutdownEvent)) {
            super.userEventTriggered(context, event);
            return;
        }
        owner.fail(ConnectionEnd.LOST, "closed");
        Future<Void> closed = connection().close(context.newPromise());
        assert closed != null;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof PeerAlertException alert) {
            owner.fail(ConnectionEnd.LOST, String.valueOf(alert.getMessage()));
        } else if (cause instanceof IOException) {
            owner.fail(ConnectionEnd.LOST, "reset");
        } else {
            owner.fail(
                    ConnectionEnd.FAILED,
                    BufferFailures.counts(cause) ? "no memory for what it sends" : cause.toString());
        }
    }

    /**
     * Frames that were on their way when their stream ended here are ignored (RFC 9113 §5.1). So is what was still
     * queued for it: its end is reported apart.
     */
    @Override
    protected void onStreamError(
            ChannelHandlerContext context, boolean outbound, Throwable cause, Http2Exception.StreamException fault) {
        Http2Stream stream = connection().stream(fault.streamId());
        if (stream == null || outbound && stream.state() == Http2Stream.State.CLOSED) {
            return;
        }
        owner.onStreamFault(stream, fault);
        super.onStreamError(context, outbound, cause, fault);
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext context, boolean outbound, Throwable cause, @Nullable Http2Exception fault) {
        if (outbound && cause instanceof IOException && context.channel().isActive()) {
            owner.onWriteFailed();
            return;
        }
        boolean ours = fault == null && !(cause instanceof IOException);
        if (ours && !BufferFailures.counts(cause)) {
            LOG.warn("connection to {}: a fault of this proxy", owner.server().name(), cause);
        }
        owner.onClosed(
                outbound || ours ? ConnectionEnd.FAILED : ConnectionEnd.GARBAGE,
                (outbound || ours ? "broken: " : "garbage: ") + cause.getMessage());
        super.onConnectionError(context, outbound, cause, fault);
        Future<Void> closed = connection().close(context.newPromise());
        assert closed != null;
    }
}
