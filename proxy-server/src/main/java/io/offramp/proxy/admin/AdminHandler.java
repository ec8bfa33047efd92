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
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers GET and HEAD with a page, and POST with the result of a command: {@code /reload}, {@code /upstreams/…},
 * {@code /device/set}.
 */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private static final String RELOAD = "/reload";
    private static final int MAX_SHOWN_CHARS = 100;

    private final AdminPages pages;
    private final Reloads reloads;
    private final AdminAccess access;
    private final Consumer<String> refusals;

    AdminHandler(AdminPages pages, Reloads reloads, AdminAccess access, Consumer<String> refusals) {
        this.pages = pages;
        this.reloads = reloads;
        this.access = access;
        this.refusals = refusals;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) throws Exception {
        if (request.decoderResult().isFailure()) {
            end(ctx, request, AdminPages.text(HttpResponseStatus.BAD_REQUEST, "not an HTTP request\n"));
            return;
        }
        AdminAccess.Refusal refusal =
                access.check(request, path(request.uri()), ctx.channel().localAddress());
        if (refusal != null) {
            refuse(ctx, request, refusal);
        } else if (path(request.uri()).equals(RELOAD)) {
            reload(ctx, request);
        } else if (pages.isCommand(path(request.uri()))) {
            command(ctx, request);
        } else if (!AdminAccess.isRead(request.method())) {
            refuseMethod(ctx, request, "GET, HEAD");
        } else {
            switch (pages.page(request.uri(), ctx.alloc())) {
                case Page.Whole page -> ctx.writeAndFlush(response(request, page));
                case Page.Streamed page -> stream(ctx, request, page);
            }
        }
    }

    private void refuse(ChannelHandlerContext ctx, HttpRequest request, AdminAccess.Refusal refusal) {
        refusals.accept(refusal.name().toLowerCase(Locale.ROOT));
        LOG.info(
                "admin: refused {} {}: {}; Host {}, Origin {}",
                ctx.channel().remoteAddress(),
                printable(request.uri()),
                refusal.text(),
                printable(request.headers().get(HttpHeaderNames.HOST)),
                printable(request.headers().get(HttpHeaderNames.ORIGIN)));
        end(ctx, request, AdminPages.text(refusal.status(), refusal.text() + "\n"));
    }

    /** Answers, then ends this connection. */
    private static void end(ChannelHandlerContext ctx, HttpRequest request, Page.Whole page) {
        HttpResponse response = response(request, page);
        if (page.status().equals(HttpResponseStatus.UNAUTHORIZED)) { // RFC 6750 §3
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"offramp\"");
        }
        HttpUtil.setKeepAlive(response, false);
        ctx.writeAndFlush(response);
    }

    private static String printable(@Nullable String text) {
        String shown = String.valueOf(text).replaceAll("[^ -~]", "?");
        return shown.length() <= MAX_SHOWN_CHARS ? shown : shown.substring(0, MAX_SHOWN_CHARS) + "…";
    }

    private void command(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (HttpMethod.POST.equals(request.method())) {
            ctx.writeAndFlush(response(request, pages.command(request.uri())));
        } else {
            refuseMethod(ctx, request, "POST");
        }
    }

    private void reload(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (!HttpMethod.POST.equals(request.method())) {
            refuseMethod(ctx, request, "POST");
            return;
        }
        Boolean dryRun = isDryRun(request.uri());
        if (dryRun == null) {
            ctx.writeAndFlush(
                    response(request, AdminPages.text(HttpResponseStatus.BAD_REQUEST, "the only query is ?dry-run\n")));
            return;
        }
        request.retain(); // for the version and the connection header
        (dryRun ? reloads.dryRun() : reloads.reloadAll())
                .whenCompleteAsync(
                        (report, failure) -> {
                            try {
                                ctx.writeAndFlush(response(
                                        request,
                                        report != null
                                                ? page(report)
                                                : AdminPages.text(
                                                        HttpResponseStatus.SERVICE_UNAVAILABLE,
                                                        failure.getMessage() + "\n")));
                            } finally {
                                request.release();
                            }
                        },
                        ctx.executor());
    }

    /** Null for a query that means nothing. */
    private static @Nullable Boolean isDryRun(String uri) {
        String query = uri.substring(path(uri).length());
        return query.isEmpty() ? Boolean.FALSE : query.equals("?dry-run") ? Boolean.TRUE : null;
    }

    private Page.Whole page(ReloadReport report) {
        HttpResponseStatus status = switch (report.result()) {
            case DONE -> HttpResponseStatus.OK;
            case IN_PART -> HttpResponseStatus.MULTI_STATUS;
            case REFUSED -> HttpResponseStatus.CONFLICT;
        };
        String scope = reloads.hasRoot() ? "" : ReloadReport.SCOPE + "\n";
        return AdminPages.text(status, String.join("\n", report.lines()) + "\n" + scope);
    }

    private static void refuseMethod(ChannelHandlerContext ctx, HttpRequest request, String allowed) {
        Page.Whole page =
                AdminPages.text(HttpResponseStatus.METHOD_NOT_ALLOWED, allowed.replace(", ", " and ") + " only\n");
        HttpResponse response = response(request, page);
        response.headers().set(HttpHeaderNames.ALLOW, allowed);
        ctx.writeAndFlush(response);
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
