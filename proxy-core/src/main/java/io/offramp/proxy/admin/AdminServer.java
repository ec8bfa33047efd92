package io.offramp.proxy.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.offramp.proxy.budget.AcceptPause;
import io.offramp.proxy.config.HostPort;
import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.reload.Reloads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Serves what can be seen from outside: {@code /metrics}, {@code /healthz}, {@code /connections}, {@code /sessions} and {@code
 * /tls_stat}; and has certificates and the like read again: {@code POST /reload}. Has one thread of its own, so that the largest
 * page costs the proxy's event loops nothing. Neither authenticated nor encrypted: bind it to loopback.
 */
public final class AdminServer implements AutoCloseable {
    private static final int MAX_REQUEST_BODY_BYTES = 8 << 10;
    private static final int IDLE_SECONDS = 60;

    private final EventLoopGroup group;
    private final Channel channel;

    private AdminServer(EventLoopGroup group, Channel channel) {
        this.group = group;
        this.channel = channel;
    }

    /**
     * Binds and serves. Blocks until bound.
     *
     * @param bind     port 0 for any
     * @param reloads  what {@code POST /reload} sets off
     * @param draining true once the proxy takes no further connections: {@code /healthz} then says 503
     * @throws IOException if the address cannot be bound
     */
    public static AdminServer start(
            HostPort bind, ProxyMetrics metrics, ConnectionRegistry connections, Reloads reloads, BooleanSupplier draining)
            throws IOException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("offramp-admin", true), NioIoHandler.newFactory());
        AdminPages pages = new AdminPages(metrics, connections, draining);
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .handler(new AcceptPause("admin", () -> {}))
                .childHandler(new Initializer(pages, reloads))
                .bind(bind.resolve())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new IOException("admin cannot bind " + bind + ": " + bound.cause().getMessage(), bound.cause());
        }
        return new AdminServer(group, bound.channel());
    }

    /** The port that it listens on. */
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Stops listening and cuts what is being served. Blocks until the thread has ended, for a second at most. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }

    private static final class Initializer extends ChannelInitializer<Channel> {
        private final AdminPages pages;
        private final Reloads reloads;

        Initializer(AdminPages pages, Reloads reloads) {
            this.pages = pages;
            this.reloads = reloads;
        }

        @Override
        protected void initChannel(Channel ch) {
            ChannelPipeline p = ch.pipeline();
            p.addLast(new ReadTimeoutHandler(IDLE_SECONDS));
            p.addLast(new WriteTimeoutHandler(IDLE_SECONDS));
            p.addLast(new HttpServerCodec());
            p.addLast(new HttpServerKeepAliveHandler());
            p.addLast(new HttpObjectAggregator(MAX_REQUEST_BODY_BYTES));
            p.addLast(new ChunkedWriteHandler());
            p.addLast(new AdminHandler(pages, reloads));
        }
    }
}
