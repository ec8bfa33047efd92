package io.offramp.proxy.sockets;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The socket transport of this machine: native epoll, or NIO if epoll is missing.
 *
 * @param name for the start-up line: {@code epoll}, {@code nio}
 * @param cause the reason, if it is not epoll
 * @param handler makes event loops
 * @param server makes listening channels
 */
public record SocketTransport(
        String name, @Nullable String cause, IoHandlerFactory handler, ChannelFactory<? extends ServerChannel> server) {
    /** The best that works here; {@code -Dofframp.transport=nio} asks for NIO. */
    public static SocketTransport best() {
        if ("nio".equals(System.getProperty("offramp.transport"))) {
            return nio("asked for");
        }
        if (!Epoll.isAvailable()) {
            return nio(rootMessage(Epoll.unavailabilityCause()));
        }
        return new SocketTransport("epoll", null, EpollIoHandler.newFactory(), EpollServerSocketChannel::new);
    }

    /** SO_REUSEPORT, for a listening channel. */
    public ChannelOption<Boolean> reusePort() {
        return isEpoll() ? UnixChannelOption.SO_REUSEPORT : NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT);
    }

    /** Whether it takes descriptors of sockets that are open already. */
    public boolean isEpoll() {
        return cause == null;
    }

    /**
     * Makes listening channels.
     *
     * @param open descriptor of a socket that listens already, to be registered and not bound; null for a new one
     */
    public ChannelFactory<? extends ServerChannel> server(@Nullable Integer open) {
        return open == null ? server : () -> new EpollServerSocketChannel(open);
    }

    /**
     * Listens on a TCP address. Blocks.
     *
     * @param listener has its event loops
     * @param open descriptor of a socket that listens there already; null for a new one
     * @throws IOException if the address cannot be bound
     */
    public Channel listen(ServerBootstrap listener, InetSocketAddress address, @Nullable Integer open)
            throws IOException {
        listener.channelFactory(server(open));
        return done(open == null ? listener.bind(address) : listener.register());
    }

    /**
     * Listens on a Unix socket. Blocks.
     *
     * @param listener has its event loops
     * @param mode of the file, such as {@code rw-rw----}
     * @param open descriptor of a socket that listens there already; null for a new one
     * @throws IOException if the path is no socket, another process listens there, or the file cannot be made
     */
    public SocketFile.Bound listen(ServerBootstrap listener, Path file, String mode, @Nullable Integer open)
            throws IOException {
        if (open != null) {
            listener.channelFactory(() -> new EpollServerDomainSocketChannel(open));
            return new SocketFile.Bound(done(listener.register()), SocketFile.of(file));
        }
        return isEpoll()
                ? SocketFile.bind(
                        listener.channel(EpollServerDomainSocketChannel.class),
                        made -> new DomainSocketAddress(made.toFile()),
                        file,
                        mode)
                : SocketFile.bind(
                        listener.channel(NioServerDomainSocketChannel.class), UnixDomainSocketAddress::of, file, mode);
    }

    private static Channel done(ChannelFuture opened) throws IOException {
        opened.awaitUninterruptibly();
        if (!opened.isSuccess()) {
            throw new IOException(opened.cause().getMessage(), opened.cause());
        }
        return opened.channel();
    }

    /** The descriptor of a listening channel, which stays its owner; null if this transport has none. */
    public static @Nullable FileDescriptor descriptor(Channel listening) {
        return listening instanceof UnixChannel unix ? unix.fd() : null;
    }

    @Override
    public String toString() {
        return cause == null ? name : name + " (no epoll: " + cause + ")";
    }

    private static SocketTransport nio(String cause) {
        return new SocketTransport("nio", cause, NioIoHandler.newFactory(), NioServerSocketChannel::new);
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
