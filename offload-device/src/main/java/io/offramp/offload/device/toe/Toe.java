package io.offramp.offload.device.toe;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.offramp.offload.ConnectionOffload;
import io.offramp.offload.device.thread.DeviceCpu;
import java.net.SocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The device's TCP offload engine. Its threads start with its first listener. Thread-safe. */
public final class Toe implements ConnectionOffload {
    private static final long STOP_LIMIT_S = 2;

    private final int threads;
    private final DeviceCpu cpu;
    private final ExecutorService workers;
    private @Nullable EventLoopGroup loops;
    private boolean stopped;

    /**
     * @param threads event loops, and as many workers
     * @param cpu what they are counted by
     */
    public Toe(int threads, DeviceCpu cpu) {
        this.threads = threads;
        this.cpu = cpu;
        this.workers = Executors.newFixedThreadPool(threads, cpu.threads("offramp-device-worker"));
    }

    @Override
    public ChannelFuture listen(ServerBootstrap listener, IoHandlerFactory transport, @Nullable SocketAddress address) {
        listener.group(loops(transport));
        return address == null ? listener.register() : listener.bind(address);
    }

    private synchronized EventLoopGroup loops(IoHandlerFactory transport) {
        if (stopped) {
            throw new IllegalStateException("device has stopped");
        }
        EventLoopGroup running = loops;
        if (running == null) {
            running = new MultiThreadIoEventLoopGroup(threads, cpu.threads("offramp-device"), transport);
            loops = running;
        }
        return running;
    }

    @Override
    public Executor workers() {
        return workers;
    }

    @Override
    public Channel present(
            ChannelPipeline device, Supplier<ChannelFuture> endOutput, EventLoop host, ChannelHandler acceptor) {
        DeviceEnd end = new DeviceEnd(device.channel(), endOutput, host);
        Channel plaintext = end.host();
        plaintext.pipeline().addLast(acceptor);
        device.addLast(end);
        host.register(plaintext);
        return plaintext;
    }

    @Override
    public void stop() {
        EventLoopGroup running;
        synchronized (this) {
            stopped = true;
            running = loops;
        }
        if (running != null) {
            running.shutdownGracefully(0, STOP_LIMIT_S, TimeUnit.SECONDS).awaitUninterruptibly();
        }
        workers.shutdown();
    }
}
