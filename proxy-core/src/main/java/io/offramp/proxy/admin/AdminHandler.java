package io.offramp.proxy.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.offramp.proxy.admin.AdminPages.Page;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers GET and HEAD with a page, one request after the other. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private final AdminPages pages;

    AdminHandler(AdminPages pages) {
        this.pages = pages;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) throws Exception {
        if (request.decoderResult().isFailure()) {
            Page.Whole page = AdminPages.text(HttpResponseStatus.BAD_REQUEST, "not an HTTP request\n");
            HttpResponse response = response(request, page);
            HttpUtil.setKeepAlive(response, false);
            ctx.writeAndFlush(response);
        } else if (!isRead(request.method())) {
            Page.Whole page = AdminPages.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "GET and HEAD only\n");
            HttpResponse response = response(request, page);
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
            ctx.writeAndFlush(response);
        } else {
            switch (pages.page(path(request.uri()), ctx.alloc())) {
                case Page.Whole page -> ctx.writeAndFlush(response(request, page));
                case Page.Streamed page -> stream(ctx, request, page);
            }
        }
    }

    private static boolean isRead(HttpMethod method) {
        return HttpMethod.GET.equals(method) || HttpMethod.HEAD.equals(method);
    }

    private static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private static HttpResponse response(HttpRequest request, Page.Whole page) {
        int bytes = page.content().readableBytes();
        ByteBuf content = page.content();
        if (HttpMethod.HEAD.equals(request.method())) {
            content.release();
            content = Unpooled.EMPTY_BUFFER;
        }
        HttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, page.status(), content);
        describe(response, page.contentType());
        HttpUtil.setContentLength(response, bytes);
        return response;
    }

    private static void stream(ChannelHandlerContext ctx, HttpRequest request, Page.Streamed page) throws Exception {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        describe(response, page.contentType());
        // HTTP/1.0 has no chunks: there, the end of the connection ends the page (RFC 9112 §6.3).
        HttpUtil.setTransferEncodingChunked(response, request.protocolVersion().isKeepAliveDefault());
        ctx.write(response);
        if (HttpMethod.HEAD.equals(request.method())) {
            page.content().close();
            ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            ctx.writeAndFlush(new HttpChunkedInput(page.content()));
        }
    }

    private static void describe(HttpResponse response, String contentType) {
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, contentType)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("x-content-type-options", "nosniff");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("admin connection {} closed: {}", ctx.channel().remoteAddress(), cause.toString());
        ctx.close();
    }
}
