package io.offramp.app.demo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server on loopback for demos, tests and benchmarks, on one event loop of its own. Serves
 *
 * <ul>
 *   <li>{@code /}: a page for a browser, with the request's header fields
 *   <li>{@code /bytes/N}: exactly N bytes, always the same; {@code /chunked/N}: the same in chunks, with a trailer
 *   <li>{@code /page/N}: a page for a browser that loads N small scripts
 *   <li>{@code /files/NAME}: a file of the directory that it was started with
 *   <li>{@code /echo}: the request's content; {@code /sha256}: its hash and length, in the form of {@code sha256sum}
 *   <li>{@code /headers}: the request's head; {@code /status/CODE}; {@code /delay/MS}, at most a minute
 *   <li>{@code /ws}: a WebSocket that echoes
 * </ul>
 */
public final class DemoUpstream implements AutoCloseable {
    private static final WriteBufferWaterMark WRITE_BUFFER = new WriteBufferWaterMark(256 << 10, 1 << 20);
    private static final int BACKLOG = 4096;

    private final EventLoopGroup group;
    private final Channel channel;

    private DemoUpstream(EventLoopGroup group, Channel channel) {
        this.group = group;
        this.channel = channel;
    }

    /**
     * Binds to loopback and serves. Blocks until bound.
     *
     * @param port 0 for any
     * @throws IOException if the port cannot be bound
     */
    public static DemoUpstream start(int port) throws IOException {
        return start(port, null);
    }

    /**
     * The same with {@code /files}.
     *
     * @param files a directory; null for none
     */
    public static DemoUpstream start(int port, @Nullable Path files) throws IOException {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory transport = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends ServerChannel> server = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("demo-upstream", true), transport);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(server)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER)
                .childHandler(new Initializer(files))
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            String why = "demo upstream cannot bind " + address + ": "
                    + bound.cause().getMessage();
            throw new IOException(why, bound.cause());
        }
        return new DemoUpstream(group, bound.channel());
    }

    /** The listening port. */
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Stops listening and cuts every connection. Blocks until the event loop has ended, for a second at most. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }

    /** Serves until it is killed: {@code DemoUpstream [PORT [DIRECTORY]]}; prints the address. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int port = args.length == 0 ? 0 : Integer.parseInt(args[0]);
        try (DemoUpstream upstream = start(port, args.length < 2 ? null : Path.of(args[1]))) {
            System.out.println("http://127.0.0.1:" + upstream.port() + "/");
            upstream.channel.closeFuture().await();
        }
    }

    private static final class Initializer extends ChannelInitializer<Channel> {
        private final @Nullable Path files;

        Initializer(@Nullable Path files) {
            this.files = files;
        }

        @Override
        protected void initChannel(Channel ch) {
            ch.pipeline().addLast(new HttpRequestDecoder(), new FlowControlHandler(), new DemoHandler(files));
        }
    }
}
