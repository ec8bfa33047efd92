package io.offramp.proxy.upstream.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.resolver.NoopAddressResolverGroup;
import io.offramp.proxy.upstream.UpstreamSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TCP and Unix sockets, of the event loop's own transport. */
public final class SocketConnector implements Connector {
    private static final Logger LOG = LoggerFactory.getLogger(SocketConnector.class);
    private static final Path RMEM_MAX = Path.of("/proc/sys/net/core/rmem_max");
    private static final int READ_BYTES = 64 << 10;
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 << 10, 128 << 10);

    private final Bootstrap tcp;
    private final Bootstrap unix;

    /**
     * Warns if the kernel gives less than requested.
     *
     * @param receiveBytes SO_RCVBUF
     */
    public static Connector of(int receiveBytes) {
        warnWhereTheKernelGivesLess(receiveBytes);
        return new SocketConnector(receiveBytes);
    }

    private SocketConnector(int receiveBytes) {
        tcp = common().option(ChannelOption.TCP_NODELAY, true)
                // Bounds what a server that has ended its stream can leave in the socket: epoll's FIN makes Netty
                // read all of it, paused or not. In a Unix socket the server's own buffer bounds it.
                .option(ChannelOption.SO_RCVBUF, receiveBytes);
        unix = common();
    }

    private static Bootstrap common() {
        return new Bootstrap()
                .resolver(NoopAddressResolverGroup.INSTANCE)
                // A write that fails ends only the sending: an early answer may wait in the socket (RFC 9112 §9.5).
                .option(ChannelOption.AUTO_CLOSE, false)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(2 << 10, 16 << 10, READ_BYTES));
    }

    @Override
    public ChannelFuture connect(
            EventLoop loop, SocketAddress to, ByteBufAllocator allocator, int timeoutMs, ChannelHandler handler) {
        boolean epoll = loop instanceof IoEventLoop io && io.isCompatible(EpollIoHandle.class);
        Bootstrap bootstrap;
        SocketAddress address = to;
        if (to instanceof UnixDomainSocketAddress file) {
            bootstrap = unix.clone(loop).channel(epoll ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class);
            address = epoll ? new DomainSocketAddress(file.getPath().toFile()) : file;
        } else {
            bootstrap = tcp.clone(loop).channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class);
        }
        return bootstrap
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMs)
                .handler(handler)
                .connect(address);
    }

    /** The kernel cuts a buffer silently. For the default size that makes no difference with near servers. */
    private static void warnWhereTheKernelGivesLess(int receiveBytes) {
        if (receiveBytes <= UpstreamSettings.DEFAULTS.receiveBytes()) {
            return;
        }
        try (BufferedReader file = Files.newBufferedReader(RMEM_MAX)) {
            long most = Long.parseLong(file.readLine()); // in one read: such a file has nothing behind the first
            if (most < receiveBytes) {
                LOG.warn(
                        "limits.upstream-rcvbuf is {} bytes, but net.core.rmem_max gives a socket {}",
                        receiveBytes,
                        most);
            }
        } catch (IOException | NumberFormatException e) {
            LOG.warn("cannot check limits.upstream-rcvbuf: {}", e.toString());
        }
    }
}
