package io.offramp.proxy.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.offramp.proxy.accept.AcceptPause;
import io.offramp.proxy.config.AdminAddress;
import io.offramp.proxy.config.AdminConfig;
import io.offramp.proxy.config.AdminToken;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.reload.Reloadable;
import io.offramp.proxy.reload.Reloads;
import io.offramp.proxy.sockets.InheritedSockets;
import io.offramp.proxy.sockets.SocketFile;
import io.offramp.proxy.sockets.SocketTransport;
import io.offramp.proxy.upstream.UpstreamGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code /metrics}, {@code /healthz}, {@code /connections}, {@code /upstreams}, {@code /sessions} and
 * {@code /tls_stat}, and reads the configuration and the files that it names again on {@code POST /reload}. It has one
 * thread of its own, so the largest page costs the proxy's event loops nothing. Not encrypted: bind it to loopback or
 * to a Unix socket. {@link AdminAccess} checks each request.
 */
public final class AdminServer implements AutoCloseable {
    private static final int MAX_REQUEST_BODY_BYTES = 8 << 10;
    private static final int MAX_CONNECTIONS = 64;
    private static final int FIRST_REQUEST_MS = 10_000;
    private static final int IDLE_SECONDS = 60;

    /** Of a Unix socket. */
    private static final String MODE = "rw-rw----";

    private final String name;
    private final EventLoopGroup group;
    private final Channel channel;
    private final @Nullable SocketFile file;

    private AdminServer(String name, EventLoopGroup group, Channel channel, @Nullable SocketFile file) {
        this.name = name;
        this.group = group;
        this.channel = channel;
        this.file = file;
    }

    /** The same with the best transport, on a socket of its own. */
    public static AdminServer start(
            AdminConfig config,
            ProxyMetrics metrics,
            ConnectionRegistry connections,
            Supplier<Collection<UpstreamGroup>> upstreams,
            Reloads reloads,
            Supplier<Phase> phase)
            throws IOException {
        return start(
                config,
                metrics,
                connections,
                upstreams,
                reloads,
                phase,
                SocketTransport.best(),
                InheritedSockets.none());
    }

    /**
     * Binds and serves. Blocks until bound.
     *
     * @param upstreams of the current generation
     * @param reloads run by {@code POST /reload}; the token is registered there
     * @param phase of the proxy, for {@code /healthz} and the pages below it
     * @param inherited may have its socket
     * @throws IOException if the address cannot be bound, or the token cannot be read
     */
    public static AdminServer start(
            AdminConfig config,
            ProxyMetrics metrics,
            ConnectionRegistry connections,
            Supplier<Collection<UpstreamGroup>> upstreams,
            Reloads reloads,
            Supplier<Phase> phase,
            SocketTransport transport,
            InheritedSockets inherited)
            throws IOException {
        AdminAccess access = access(config, reloads);
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("offramp-admin", true), transport.handler());
        AdminPages pages = new AdminPages(metrics, connections, new UpstreamsPage(upstreams), phase);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .handler(new AcceptPause("admin", () -> {}))
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new Initializer(pages, reloads, access, metrics.adminRefusals()));
        try {
            String name = "admin " + config.bind();
            return switch (config.bind()) {
                case AdminAddress.Tcp(HostPort bind) -> {
                    InetSocketAddress address = bind.resolve();
                    Channel bound = transport.listen(bootstrap, address, inherited.take(name, address));
                    yield new AdminServer(name, group, bound, null);
                }
                case AdminAddress.Unix(Path socket) -> {
                    SocketFile.Bound bound = transport.listen(bootstrap, socket, MODE, inherited.take(name));
                    yield new AdminServer(name, group, bound.channel(), bound.file());
                }
            };
        } catch (IOException e) {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new IOException("admin cannot bind " + config.bind() + ": " + e.getMessage(), e);
        }
    }

    private static AdminAccess access(AdminConfig config, Reloads reloads) throws IOException {
        Path file = config.tokenFile();
        if (file == null) {
            return new AdminAccess(config, null);
        }
        AtomicReference<AdminToken> inUse = new AtomicReference<>(AdminToken.read(file));
        AdminAccess access = new AdminAccess(config, inUse.get());
        reloads.register(Reloadable.of("admin token", ProxyMetrics.ADMIN, List.of(file), () -> {
            AdminToken next = AdminToken.read(file);
            access.replace(next);
            return inUse.getAndSet(next).isSame(next) ? List.of() : List.of("replaced");
        }));
        return access;
    }

    /** The listening port; null for a Unix socket. */
    public @Nullable Integer port() {
        return channel.localAddress() instanceof InetSocketAddress address ? address.getPort() : null;
    }

    /** Of the socket, among those of all processes that follow one another. */
    public String name() {
        return name;
    }

    /** Of the socket, which stays open here; null if the transport has none. */
    public @Nullable FileDescriptor descriptor() {
        return SocketTransport.descriptor(channel);
    }

    /** Another process listens on this socket now: accepts nothing more. */
    public void rest() {
        AcceptPause.hold(channel);
        if (file != null) {
            file.leave();
        }
    }

    /** The other process has ended: accepts again. */
    public void goOn() {
        AcceptPause.release(channel);
        own();
    }

    /** The process that had the file has left it to this one. */
    public void own() {
        if (file != null) {
            file.take();
        }
    }

    /** The listening address. */
    @Override
    public String toString() {
        return file == null ? Connection.text((InetSocketAddress) channel.localAddress()) : file.toString();
    }

    /** Stops listening and cuts open connections. Blocks until the thread has ended, for a second at most. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        if (file != null) {
            file.delete();
        }
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }

    private static final class Initializer extends ChannelInitializer<Channel> {
        private final AdminPages pages;
        private final Reloads reloads;
        private final AdminAccess access;
        private final Consumer<String> refusals;
        private final AdminConnections connections =
                new AdminConnections(MAX_CONNECTIONS, FIRST_REQUEST_MS, TimeUnit.SECONDS.toMillis(IDLE_SECONDS));

        Initializer(AdminPages pages, Reloads reloads, AdminAccess access, Consumer<String> refusals) {
            this.pages = pages;
            this.reloads = reloads;
            this.access = access;
            this.refusals = refusals;
        }

        @Override
        protected void initChannel(Channel ch) {
            ChannelPipeline p = ch.pipeline();
            p.addLast(new WriteTimeoutHandler(IDLE_SECONDS));
            p.addLast(new HttpServerCodec());
            p.addLast(new HttpServerKeepAliveHandler());
            p.addLast(new HttpObjectAggregator(MAX_REQUEST_BODY_BYTES));
            p.addLast(connections.guard());
            p.addLast(new ChunkedWriteHandler());
            p.addLast(new AdminHandler(pages, reloads, access, refusals));
        }
    }
}
