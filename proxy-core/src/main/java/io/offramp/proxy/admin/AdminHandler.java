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
import io.offramp.proxy.reload.ReloadReport;
import io.offramp.proxy.reload.Reloads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers GET and HEAD with a page, and POST to {@code /reload} with what came of it. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private static final String RELOAD = "/reload";

    private final AdminPages pages;
    private final Reloads reloads;

    AdminHandler(AdminPages pages, Reloads reloads) {
        this.pages = pages;
        this.reloads = reloads;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) throws Exception {
        if (request.decoderResult().isFailure()) {
            Page.Whole page = AdminPages.text(HttpResponseStatus.BAD_REQUEST, "not an HTTP request\n");
            HttpResponse response = response(request, page);
            HttpUtil.setKeepAlive(response, false);
            ctx.writeAndFlush(response);
        } else if (path(request.uri()).equals(RELOAD)) {
            reload(ctx, request);
        } else if (!isRead(request.method())) {
            refuseMethod(ctx, request, "GET, HEAD");
        } else {
            switch (pages.page(path(request.uri()), ctx.alloc())) {
                case Page.Whole page -> ctx.writeAndFlush(response(request, page));
                case Page.Streamed page -> stream(ctx, request, page);
            }
        }
    }

    private void reload(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (!HttpMethod.POST.equals(request.method())) {
            refuseMethod(ctx, request, "POST");
            return;
        }
        request.retain(); // for the version and the connection header
        reloads.reloadAll().whenCompleteAsync((report, failure) -> {
            try {
                ctx.writeAndFlush(response(request, report != null ? page(report) : AdminPages.text(
                        HttpResponseStatus.SERVICE_UNAVAILABLE, failure.getMessage() + "\n")));
            } finally {
                request.release();
            }
        }, ctx.executor());
    }

    private static Page.Whole page(ReloadReport report) {
        HttpResponseStatus status = report.failed() ? HttpResponseStatus.CONFLICT : HttpResponseStatus.OK;
        return AdminPages.text(status, String.join("\n", report.lines()) + "\n" + ReloadReport.SCOPE + "\n");
    }

    private static void refuseMethod(ChannelHandlerContext ctx, HttpRequest request, String allowed) {
        Page.Whole page = AdminPages.text(HttpResponseStatus.METHOD_NOT_ALLOWED, allowed.replace(", ", " and ") + " only\n");
        HttpResponse response = response(request, page);
        response.headers().set(HttpHeaderNames.ALLOW, allowed);
        ctx.writeAndFlush(response);
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
