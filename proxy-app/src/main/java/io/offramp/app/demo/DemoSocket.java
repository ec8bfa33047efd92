package io.offramp.app.demo;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;

/** {@code /ws}: a WebSocket that echoes. */
final class DemoSocket extends SimpleChannelInboundHandler<WebSocketFrame> {
    private static final String PATH = "/ws";

    private DemoSocket() {}

    static boolean isFor(HttpRequest request) {
        return request.uri().equals(PATH)
                && request.headers().contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }

    /** Gives the connection to the WebSocket, for good. Takes ownership of the request. */
    static void upgrade(ChannelHandlerContext ctx, ChannelHandler http, HttpRequest request) {
        ChannelPipeline p = ctx.pipeline();
        p.addLast(new HttpResponseEncoder());
        p.addLast(new WebSocketServerProtocolHandler(PATH));
        p.addLast(new DemoSocket());
        ctx.fireChannelRead(request);
        p.remove(http);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        ctx.writeAndFlush(frame.retain());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
