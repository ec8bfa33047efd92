package io.offramp.app.e2e;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;

/** A WebSocket on a stream of HTTP/2 (RFC 8441): a client's side, which keeps the bytes of all binary messages. */
final class Http2WebSocket extends ChannelInboundHandlerAdapter {
    private static final int MAX_FRAME_BYTES = 1 << 20;

    private final long wanted;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    /** Done by the head of the answer. */
    final CompletableFuture<Http2Headers> head = new CompletableFuture<>();

    /** Done when as many bytes have come as were wanted. */
    final CompletableFuture<byte[]> all = new CompletableFuture<>();

    /** Done by a close of the server's, and by the end of the stream behind it. */
    final CompletableFuture<Integer> closed = new CompletableFuture<>();

    final CompletableFuture<Boolean> ended = new CompletableFuture<>();

    Http2WebSocket(long wanted) {
        this.wanted = wanted;
    }

    /** Asks for the tunnel. */
    static void open(Http2StreamChannel stream, String authority, String path) {
        Http2Headers request = new DefaultHttp2Headers()
                .method("CONNECT")
                .scheme("https")
                .authority(authority)
                .path(path);
        request.set(":protocol", "websocket");
        request.set("sec-websocket-version", "13");
        request.set("origin", "https://" + authority);
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(request));
    }

    /** Sends a message, masked. */
    static void send(Http2StreamChannel stream, byte[] message) {
        stream.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(message)));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            switch (message) {
                case Http2HeadersFrame answer -> onHead(ctx, answer);
                case BinaryWebSocketFrame frame -> onMessage(frame.content());
                case CloseWebSocketFrame frame -> closed.complete(frame.statusCode());
                case Http2ResetFrame reset -> fail(new IllegalStateException("reset with " + reset.errorCode()));
                default -> {}
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void onHead(ChannelHandlerContext ctx, Http2HeadersFrame answer) {
        if ("200".contentEquals(answer.headers().status())) {
            WebSocketDecoderConfig plain = WebSocketDecoderConfig.newBuilder()
                    .expectMaskedFrames(false)
                    .maxFramePayloadLength(MAX_FRAME_BYTES)
                    .build();
            ctx.pipeline().addFirst(new WebSocket13FrameDecoder(plain), new WebSocket13FrameEncoder(true));
            ctx.pipeline().addFirst(new DataBytes());
        }
        head.complete(answer.headers());
    }

    private void onMessage(ByteBuf content) {
        received.writeBytes(ByteBufUtil.getBytes(content));
        if (received.size() >= wanted) {
            all.complete(received.toByteArray());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            ended.complete(true);
        } else if (event instanceof Http2ResetFrame reset) {
            fail(new IllegalStateException("reset with " + reset.errorCode()));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(new IllegalStateException("the stream ended"));
    }

    private void fail(Exception cause) {
        head.completeExceptionally(cause);
        all.completeExceptionally(cause);
        closed.completeExceptionally(cause);
        ended.completeExceptionally(cause);
    }
}
