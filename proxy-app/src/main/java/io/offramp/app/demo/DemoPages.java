package io.offramp.app.demo;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The demo's pages, by path. */
final class DemoPages {
    private static final String HTML = "text/html; charset=utf-8";
    private static final long MAX_BYTES = 1L << 40;
    private static final long MAX_DELAY_MS = 60_000;

    private static final String INDEX = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Offramp demo</title>
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:48em;margin:2em auto;padding:0 1em}
            code,td{font-family:ui-monospace,monospace;font-size:14px}td{padding:0 1em 0 0;vertical-align:top}</style>
            </head><body><h1>It works</h1>
            <p>This page comes from the demo's upstream, a plain HTTP/1.1 server. It cannot know which TLS version,
            cipher or offload your connection has: TLS ends at the proxy, whose admin listener shows it under
            <code>/connections</code>. The request had these fields:</p>
            <table>%s</table>
            <p>Content of a given size:
            <a href="/bytes/1024">1 KiB</a>, <a href="/bytes/16384">16 KiB</a>, <a href="/bytes/1048576">1 MiB</a>,
            <a href="/bytes/104857600">100 MiB</a>, <a href="/chunked/1048576">1 MiB in chunks</a>.</p>
            <p>More: <code>POST /echo</code> and <code>POST /sha256</code> take content of any size;
            <a href="/headers"><code>/headers</code></a>, <code>/status/CODE</code>, <code>/delay/MS</code>,
            <a href="/page/200">a page of 200 files</a>, and
            <code>/ws</code>, a WebSocket that echoes.</p></body></html>
            """;

    private DemoPages() {}

    /**
     * @param files directory of {@code /files}, null for none
     * @param onComplete called when an answer ends later than its request
     */
    static Answer answer(ChannelHandlerContext ctx, HttpRequest request, @Nullable Path files, Runnable onComplete) {
        Reply reply = new Reply(ctx, request);
        String path = path(request.uri());
        int slash = path.indexOf('/', 1);
        String page = slash < 0 ? path : path.substring(0, slash);
        String argument = slash < 0 ? "" : path.substring(slash + 1);
        return switch (page) {
            case "/bytes" -> number(reply, argument, 0, MAX_BYTES, n -> stream(ctx, reply, n, false));
            case "/chunked" -> number(reply, argument, 0, MAX_BYTES, n -> stream(ctx, reply, n, true));
            case "/files" -> new FileAnswer(reply, files, argument, onComplete);
            case "/delay" -> number(reply, argument, 0, MAX_DELAY_MS, n -> new DelayAnswer(ctx, reply, n, onComplete));
            case "/page" -> files(ctx, reply, argument);
            case "/status" -> number(reply, argument, 200, 599, n -> () -> reply.text((int) n, "status " + n + "\n"));
            case "/echo" -> ifSent(reply, request, () -> echo(reply, request));
            case "/sha256" -> ifSent(reply, request, () -> new HashAnswer(reply));
            case "/headers" -> () -> reply.text(200, headers(request));
            case "/" -> () -> reply.whole(200, HTML, ByteBufUtil.writeUtf8(ctx.alloc(), index(request)));
            default -> () -> reply.text(404, "no such page; see /\n");
        };
    }

    /** @param argument the number of files of a page, or one of these files */
    private static Answer files(ChannelHandlerContext ctx, Reply reply, String argument) {
        int slash = argument.indexOf('/');
        return slash >= 0
                ? () -> ManyFiles.file(ctx, reply)
                : number(reply, argument, 1, ManyFiles.MAX, n -> () -> ManyFiles.page(ctx, reply, (int) n));
    }

    private static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private static Answer number(Reply reply, String text, long least, long most, LongFunction<Answer> answer) {
        OptionalLong number = parse(text);
        if (number.isEmpty() || number.getAsLong() < least || number.getAsLong() > most) {
            return () -> reply.text(400, "expected a number from " + least + " to " + most + "\n");
        }
        return answer.apply(number.getAsLong());
    }

    private static OptionalLong parse(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 15 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    private static Answer ifSent(Reply reply, HttpRequest request, Supplier<Answer> answer) {
        if (HttpMethod.POST.equals(request.method()) || HttpMethod.PUT.equals(request.method())) {
            return answer.get();
        }
        return () -> reply.text(405, "POST or PUT only\n");
    }

    private static Answer stream(ChannelHandlerContext ctx, Reply reply, long bytes, boolean chunked) {
        return new StreamAnswer(ctx.channel(), reply, bytes, chunked);
    }

    private static Answer echo(Reply reply, HttpRequest request) {
        String type = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "application/octet-stream");
        long length = HttpUtil.isTransferEncodingChunked(request) ? -1 : HttpUtil.getContentLength(request, 0L);
        return new EchoAnswer(reply, type, length);
    }

    private static String headers(HttpRequest request) {
        StringBuilder text = new StringBuilder(512);
        text.append(request.method()).append(' ').append(request.uri()).append(' ');
        text.append(request.protocolVersion()).append('\n');
        for (Map.Entry<String, String> header : request.headers()) {
            text.append(header.getKey()).append(": ").append(header.getValue()).append('\n');
        }
        return text.toString();
    }

    private static String index(HttpRequest request) {
        StringBuilder rows = new StringBuilder(512);
        for (Map.Entry<String, String> header : request.headers()) {
            rows.append("<tr><td>").append(escape(header.getKey()));
            rows.append("</td><td>").append(escape(header.getValue())).append("</td></tr>\n");
        }
        return INDEX.formatted(rows);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
