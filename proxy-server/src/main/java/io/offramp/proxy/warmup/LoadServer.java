package io.offramp.proxy.warmup;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A server on loopback for a proxy's load: zeros for {@code GET /bytes/N}, and an empty answer for a request with a
 * body. It trusts its proxy to send HTTP/1.1 of this form.
 */
public final class LoadServer implements AutoCloseable {
    private static final ByteBuf ZEROS = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(1 << 20).writeZero(1 << 20).asReadOnly());

    private final Channel channel;

    private LoadServer(Channel channel) {
        this.channel = channel;
    }

    /**
     * Binds to a free port and serves. Blocks until bound.
     *
     * @param loops stay the caller's
     * @throws IOException if there is no port
     */
    public static LoadServer start(EventLoopGroup loops, ChannelFactory<? extends ServerChannel> transport)
            throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channelFactory(transport)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline().addLast(new Answers());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause());
        }
        return new LoadServer(bound.channel());
    }

    /** The listening port. */
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Stops listening. Blocks. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
    }

    /** Answers each request when its last byte has come. */
    static final class Answers extends ChannelInboundHandlerAdapter {
        private static final int MAX_HEAD_BYTES = 8 << 10;
        private static final String LENGTH = "content-length:";

        private final StringBuilder head = new StringBuilder();
        private long bodyBytes;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ByteBuf data = (ByteBuf) msg;
            try {
                while (data.isReadable()) {
                    read(ctx, data);
                }
            } finally {
                data.release();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }

        /** A peer that takes no answers is not read any more: any program of this machine may connect. */
        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }

        private void read(ChannelHandlerContext ctx, ByteBuf data) {
            if (bodyBytes > 0) {
                int part = (int) Math.min(bodyBytes, data.readableBytes());
                data.skipBytes(part);
                bodyBytes -= part;
                if (bodyBytes == 0) {
                    answer(ctx, 0);
                }
                return;
            }
            head.append((char) data.readUnsignedByte());
            if (head.length() > MAX_HEAD_BYTES) {
                ctx.close();
                data.skipBytes(data.readableBytes());
            } else if (head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
                String text = head.toString();
                head.setLength(0);
                onHead(ctx, text);
            }
        }

        private void onHead(ChannelHandlerContext ctx, String text) {
            int length = text.toLowerCase(Locale.ROOT).indexOf(LENGTH);
            bodyBytes = length < 0 ? 0 : number(text, length + LENGTH.length());
            if (bodyBytes == 0) {
                answer(ctx, (int) Math.min(number(text, "GET /bytes/".length()), ZEROS.capacity()));
            }
        }

        private static void answer(ChannelHandlerContext ctx, int bytes) {
            ctx.write(Unpooled.copiedBuffer(
                    "HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n", StandardCharsets.US_ASCII));
            if (bytes > 0) {
                ctx.write(ZEROS.slice(0, bytes));
            }
        }

        /** The digits from here on, behind blanks; 0 for none. */
        private static long number(String text, int from) {
            int start = from;
            while (start < text.length() && text.charAt(start) == ' ') {
                start++;
            }
            int end = start;
            while (end < text.length() && end - start < 18 && Character.isDigit(text.charAt(end))) {
                end++;
            }
            return end == start ? 0 : Long.parseLong(text, start, end, 10);
        }
    }
}
