package io.offramp.app.demo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The answer to one request, as bytes: head, content in pieces, end. Written without an encoder, because a benchmark's
 * upstream must cost less than the measured proxy. Confined to the event loop.
 */
final class Reply {
    static final String TEXT = "text/plain; charset=utf-8";

    private static final int HEAD_BYTES = 256;
    private static final ByteBuf CRLF = Unpooled.unreleasableBuffer(ascii("\r\n"));
    private static final ByteBuf LAST_CHUNK = Unpooled.unreleasableBuffer(ascii("0\r\n"));
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);
    private static volatile Dated dated = new Dated(0, "");

    private final ChannelHandlerContext ctx;
    private final Asked asked;
    private boolean chunked;
    private boolean closes;

    /** What of the request decides the form of its answer. */
    private record Asked(boolean headOnly, boolean http11, boolean keepAlive) {}

    private record Dated(long second, String text) {}

    Reply(ChannelHandlerContext ctx, HttpRequest request) {
        this.ctx = ctx;
        this.asked = new Asked(
                HttpMethod.HEAD.equals(request.method()),
                request.protocolVersion().isKeepAliveDefault(),
                HttpUtil.isKeepAlive(request));
    }

    /** Writes all of an answer. Takes ownership of the content. Does not flush. */
    void whole(int status, String contentType, ByteBuf content) {
        begin(status, contentType, content.readableBytes());
        if (hasContent(status)) {
            write(content);
        } else {
            content.release();
        }
        end();
    }

    /**
     * Writes all of an answer with status 200. Takes ownership of the content. Does not flush.
     *
     * @return done when the content is out
     */
    ChannelFuture whole(String contentType, FileRegion content) {
        begin(200, contentType, content.count());
        ChannelFuture sent;
        if (asked.headOnly || content.count() == 0) {
            content.release();
            sent = ctx.write(Unpooled.EMPTY_BUFFER);
        } else {
            sent = ctx.write(content);
        }
        end();
        return sent;
    }

    /** Writes all of an answer. Does not flush. */
    void text(int status, String text) {
        whole(status, TEXT, ByteBufUtil.writeUtf8(ctx.alloc(), text));
    }

    /** Writes the head of an answer with this much content. */
    void begin(int status, String contentType, long contentBytes) {
        closes = !asked.keepAlive;
        ByteBuf head = head(status);
        if (hasContent(status)) {
            ByteBufUtil.writeAscii(head, "content-type: " + contentType + "\r\n");
            ByteBufUtil.writeAscii(head, "content-length: " + contentBytes + "\r\n");
        }
        finish(head);
    }

    /** Writes the head of an answer of unknown length: in chunks, or for HTTP/1.0 until the connection ends. */
    void beginChunked(int status, String contentType) {
        chunked = asked.http11 && !asked.headOnly;
        closes = !asked.keepAlive || !asked.http11;
        ByteBuf head = head(status);
        ByteBufUtil.writeAscii(head, "content-type: " + contentType + "\r\n");
        if (asked.http11) {
            ByteBufUtil.writeAscii(head, "transfer-encoding: chunked\r\ntrailer: x-demo-bytes\r\n");
        }
        finish(head);
    }

    /** Writes some of the content; takes ownership. */
    void write(ByteBuf content) {
        if (asked.headOnly || !content.isReadable()) {
            content.release();
        } else if (chunked) {
            String size = Integer.toHexString(content.readableBytes()) + "\r\n";
            ctx.write(ByteBufUtil.writeAscii(ctx.alloc(), size));
            ctx.write(content);
            ctx.write(CRLF.duplicate());
        } else {
            ctx.write(content);
        }
    }

    /** Ends an answer of {@link #begin}. */
    void end() {
        if (closes) {
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Ends an answer of {@link #beginChunked}; its trailer has the length. */
    void endChunked(long contentBytes) {
        if (chunked) {
            ctx.write(LAST_CHUNK.duplicate());
            ctx.write(ByteBufUtil.writeAscii(ctx.alloc(), "x-demo-bytes: " + contentBytes + "\r\n\r\n"));
        }
        end();
    }

    /** Asks the client to go on and send its content (RFC 9110 §10.1.1). */
    static void goOn(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(ascii("HTTP/1.1 100 Continue\r\n\r\n"));
    }

    private ByteBuf head(int status) {
        ByteBuf head = ctx.alloc().directBuffer(HEAD_BYTES);
        ByteBufUtil.writeAscii(head, "HTTP/1.1 ");
        ByteBufUtil.writeAscii(
                head,
                status == 200 ? "200 OK" : HttpResponseStatus.valueOf(status).toString());
        ByteBufUtil.writeAscii(head, "\r\nserver: offramp-demo\r\ndate: ");
        ByteBufUtil.writeAscii(head, date());
        ByteBufUtil.writeAscii(head, "\r\n");
        return head;
    }

    private void finish(ByteBuf head) {
        if (closes) {
            ByteBufUtil.writeAscii(head, "connection: close\r\n");
        } else if (!asked.http11) {
            ByteBufUtil.writeAscii(head, "connection: keep-alive\r\n");
        }
        ByteBufUtil.writeAscii(head, "\r\n");
        ctx.write(head);
    }

    private static boolean hasContent(int status) {
        return status != 204 && status != 304;
    }

    private static String date() {
        long second = System.currentTimeMillis() / 1000;
        Dated known = dated;
        if (known.second != second) {
            known = new Dated(second, DATE.format(Instant.ofEpochSecond(second)));
            dated = known;
        }
        return known.text;
    }

    private static ByteBuf ascii(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
