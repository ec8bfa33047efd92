package io.offramp.proxy.sockets;

import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
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
