package io.offramp.app.e2e;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamFrame;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/** The pages of {@link H2cServer}, for one stream. */
final class H2cPages extends SimpleChannelInboundHandler<Http2StreamFrame> {
    private static final byte[] BLOCK = block();

    private final MessageDigest digest = sha256();
    private String path = "";
    private long left;

    /** The hash of {@code /bytes/N}. */
    static String hash(long bytes) {
        MessageDigest digest = sha256();
        for (long done = 0; done < bytes; done += BLOCK.length) {
            digest.update(BLOCK, 0, (int) Math.min(BLOCK.length, bytes - done));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Http2StreamFrame frame) {
        if (frame instanceof Http2HeadersFrame head && path.isEmpty()) {
            begin(ctx, head);
        } else if (frame instanceof Http2DataFrame data) {
            digest.update(data.content().nioBuffer());
            if (data.isEndStream()) {
                end(ctx);
            }
        }
    }

    private void begin(ChannelHandlerContext ctx, Http2HeadersFrame head) {
        path = String.valueOf(head.headers().path());
        if ("CONNECT".contentEquals(head.headers().method())) {
            ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
            ctx.pipeline().addLast(new DataBytes());
            EchoingWebSocket.addTo(ctx.pipeline());
            ctx.pipeline().remove(this);
            ctx.flush();
        } else if (head.isEndStream()) {
            end(ctx);
        }
    }

    private void end(ChannelHandlerContext ctx) {
        if (path.startsWith("/bytes/")) {
            left = Long.parseLong(path.substring("/bytes/".length()));
            answer(ctx, "200", left);
            send(ctx);
        } else if (path.equals("/sha256")) {
            byte[] text = HexFormat.of().formatHex(digest.digest()).getBytes(StandardCharsets.US_ASCII);
            answer(ctx, "200", text.length);
            ctx.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(text), true));
        } else {
            answer(ctx, "404", 0);
            ctx.writeAndFlush(new DefaultHttp2DataFrame(true));
        }
    }

    private static void answer(ChannelHandlerContext ctx, String status, long bytes) {
        Http2Headers head = new DefaultHttp2Headers().status(status);
        head.setLong("content-length", bytes);
        ctx.write(new DefaultHttp2HeadersFrame(head));
    }

    /** Sends what the windows let through; goes on when the stream is writable again. */
    private void send(ChannelHandlerContext ctx) {
        while (left > 0 && ctx.channel().isWritable()) {
            int n = (int) Math.min(left, BLOCK.length);
            left -= n;
            ByteBuf block = Unpooled.wrappedBuffer(BLOCK, 0, n);
            ctx.write(new DefaultHttp2DataFrame(block, left == 0));
        }
        ctx.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        send(ctx);
    }

    private static byte[] block() {
        byte[] block = new byte[1 << 16];
        new Random(9113).nextBytes(block);
        return Arrays.copyOf(block, block.length - 1); // so that nothing else has its period
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
