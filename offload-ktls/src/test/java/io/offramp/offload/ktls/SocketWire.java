package io.offramp.offload.ktls;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.offramp.offload.SocketRxSession;
import io.offramp.offload.ktls.ffi.LinuxTls;
import io.offramp.offload.tck.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A TCP connection over loopback: our end on an event loop that the test turns by hand, the other one read as it is.
 */
final class SocketWire implements Wire {
    private static final long LIMIT_NS = 30_000_000_000L;

    private final ManualIoEventLoop loop = new ManualIoEventLoop(Thread.currentThread(), EpollIoHandler.newFactory());
    private final LinuxTls kernel = new LinuxTls();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    private final EpollSocketChannel near;
    private final SocketChannel far;
    private long receivedBytes;

    SocketWire(ByteBufAllocator allocator) {
        this(allocator, 0);
    }

    /** @param socketBytes of our send and the peer's receive buffer; 0 for the system's */
    SocketWire(ByteBufAllocator allocator, int socketBytes) {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            if (socketBytes > 0) {
                listener.setOption(java.net.StandardSocketOptions.SO_RCVBUF, socketBytes);
            }
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Bootstrap bootstrap = new Bootstrap()
                    .group(loop)
                    .channel(EpollSocketChannel.class)
                    .option(ChannelOption.ALLOCATOR, allocator)
                    .option(ChannelOption.AUTO_READ, false)
                    .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .handler(new ChannelInboundHandlerAdapter());
            if (socketBytes > 0) {
                bootstrap.option(ChannelOption.SO_SNDBUF, socketBytes);
            }
            ChannelFuture connected = bootstrap.connect(listener.getLocalAddress());
            await(connected);
            far = listener.accept();
            far.configureBlocking(false);
            near = (EpollSocketChannel) connected.channel();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void await(ChannelFuture future) {
        long deadline = System.nanoTime() + LIMIT_NS;
        while (!future.isDone()) {
            turn();
            check(deadline);
        }
        if (!future.isSuccess()) {
            throw new IllegalStateException(future.cause());
        }
    }

    /** Lets the event loop do what is due, without waiting. */
    void turn() {
        loop.runNow();
    }

    /** Turns the event loop until this is so; the kernel may take its time to cut the stream into records. */
    void turnUntil(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT_NS;
        while (!condition.getAsBoolean()) {
            turn();
            check(deadline);
        }
    }

    private static void check(long deadline) {
        if (System.nanoTime() > deadline) {
            throw new IllegalStateException("wire does not settle");
        }
    }

    @Override
    public EpollSocketChannel channel() {
        return near;
    }

    /** Leads wishes to read to a session that reads the socket itself, and wants to read. */
    void readBy(SocketRxSession session) {
        near.pipeline().addFirst(new ChannelDuplexHandler() {
            @Override
            public void read(ChannelHandlerContext context) {
                session.resume();
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                session.readFailed((IOException) cause);
            }
        });
        near.config().setAutoRead(true);
    }

    /** The other end, which does not block. */
    SocketChannel far() {
        return far;
    }

    @Override
    public void write(Object message) {
        Channel.Unsafe unsafe = near.unsafe();
        unsafe.write(message, near.newPromise());
        unsafe.flush();
    }

    @Override
    public byte[] take() {
        byte[] taken = received.toByteArray();
        received.reset();
        return taken;
    }

    /** The kernel may send what the socket had no room for a moment after there is: quiet is what stays quiet. */
    @Override
    public void settle() {
        long deadline = System.nanoTime() + LIMIT_NS;
        for (int quiet = 0; near.isOpen() && quiet < 3; quiet++) {
            turn();
            if (read() > 0 || !near.unsafe().outboundBuffer().isEmpty() || receivedBytes != queued()) {
                quiet = 0;
            }
            check(deadline);
        }
        read();
    }

    private long queued() {
        return kernel.queued(near.fd().intValue());
    }

    private int read() {
        try {
            int total = 0;
            for (int bytes; (bytes = far.read(buffer.clear())) > 0; total += bytes) {
                received.write(buffer.array(), 0, bytes);
            }
            receivedBytes += total;
            return total;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            near.close();
            turn();
            far.close();
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            while (!loop.isTerminated()) {
                turn();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
