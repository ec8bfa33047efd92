package io.offramp.app.e2e;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;

/**
 * The server's side of a WebSocket over a stream of HTTP/2. Sends back each frame, and ends the stream behind a close.
 */
final class EchoingWebSocket extends SimpleChannelInboundHandler<WebSocketFrame> {
    private static final int MAX_FRAME_BYTES = 1 << 20;

    private EchoingWebSocket() {}

    static void addTo(ChannelPipeline pipeline) {
        WebSocketDecoderConfig masked = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(MAX_FRAME_BYTES)
                .build();
        pipeline.addLast(new WebSocket13FrameDecoder(masked), new WebSocket13FrameEncoder(false));
        pipeline.addLast(new EchoingWebSocket());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        ctx.write(frame.retain());
        if (frame instanceof CloseWebSocketFrame) {
            ctx.write(new DefaultHttp2DataFrame(true));
        }
        ctx.flush();
    }
}
