package io.offramp.offload.device.toe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.offramp.offload.device.thread.DeviceCpu;
import java.net.SocketAddress;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The engine with threads of its own, over Netty's transport within the process. */
class ToeTest {
    private static final int BYTES = 8 << 20;

    private final DeviceCpu cpu = new DeviceCpu();
    private final Toe toe = new Toe(1, cpu);
    private final DefaultEventLoop host = new DefaultEventLoop();
    private final MultiThreadIoEventLoopGroup clients = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    private final Set<String> deviceThreads = ConcurrentHashMap.newKeySet();
    private final Set<Thread> hostThreads = ConcurrentHashMap.newKeySet();

    @AfterEach
    void stop() {
        toe.stop();
        host.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        clients.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void shouldEchoEveryByteInOrderThroughAHostThatStopsReadingNowAndThen() throws Exception {
        long seed = System.nanoTime();
        SocketAddress address = listen(seed);
        Sender sender = new Sender(seed);
        new Bootstrap()
                .group(clients)
                .channel(LocalChannel.class)
                .handler(sender)
                .connect(address)
                .sync();

        assertThat(sender.echoed.get(60, TimeUnit.SECONDS)).as("seed %d", seed).isEqualTo(BYTES);
        assertThat(deviceThreads).containsExactly("offramp-device-1");
        assertThat(hostThreads).hasSize(1).noneMatch(thread -> thread.getName().startsWith("offramp-device"));
        assertThat(cpu.ns()).isPositive();
    }

    @Test
    void shouldRunExpensiveHandshakesOnWorkersOfItsOwn() throws Exception {
        CompletableFuture<String> name = new CompletableFuture<>();
        toe.workers().execute(() -> name.complete(Thread.currentThread().getName()));

        assertThat(name.get(10, TimeUnit.SECONDS)).isEqualTo("offramp-device-worker-1");
    }

    @Test
    void shouldListenNoMoreOnceStopped() throws Exception {
        listen(1);
        toe.stop();
        toe.stop();

        assertThatThrownBy(() -> listen(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("device has stopped");
    }

    private SocketAddress listen(long seed) throws InterruptedException {
        ServerBootstrap listener = new ServerBootstrap()
                .channel(LocalServerChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel owned) {
                        deviceThreads.add(Thread.currentThread().getName());
                        toe.present(owned.pipeline(), owned::newSucceededFuture, host, new Echo(seed));
                    }
                });
        return toe.listen(listener, LocalIoHandler.newFactory(), LocalAddress.ANY)
                .sync()
                .channel()
                .localAddress();
    }

    /** Sends everything back, and pauses reading at random, or while it cannot write. */
    private final class Echo extends ChannelInboundHandlerAdapter {
        private final Random random;

        Echo(long seed) {
            random = new Random(seed);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            hostThreads.add(Thread.currentThread());
            context.write(message);
            if (!context.channel().isWritable()) {
                context.channel().config().setAutoRead(false);
            } else if (random.nextInt(50) == 0) {
                context.channel().config().setAutoRead(false);
                context.executor()
                        .schedule(() -> context.channel().config().setAutoRead(true), 200, TimeUnit.MICROSECONDS);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            context.channel().config().setAutoRead(context.channel().isWritable());
        }
    }

    /** Sends bytes in random pieces while the channel takes them, and compares what comes back. */
    private static final class Sender extends ChannelInboundHandlerAdapter {
        final CompletableFuture<Integer> echoed = new CompletableFuture<>();
        private final Random sizes;
        private int sent;
        private int received;

        Sender(long seed) {
            sizes = new Random(seed);
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            send(context);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            send(context);
        }

        private void send(ChannelHandlerContext context) {
            while (sent < BYTES && context.channel().isWritable()) {
                int bytes = Math.min(BYTES - sent, 1 + sizes.nextInt(sizes.nextBoolean() ? 100 : 40_000));
                ByteBuf piece = context.alloc().directBuffer(bytes);
                for (int i = 0; i < bytes; i++) {
                    piece.writeByte(patternAt(sent++));
                }
                context.writeAndFlush(piece);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf piece = (ByteBuf) message;
            while (piece.isReadable()) {
                if (piece.readByte() != patternAt(received++)) {
                    echoed.completeExceptionally(new AssertionError("byte " + (received - 1) + " is another"));
                }
            }
            piece.release();
            if (received == BYTES) {
                echoed.complete(received);
                context.close();
            }
        }

        /** Without a period that sizes of pieces could hide. */
        private static byte patternAt(int index) {
            return (byte) (index * 0x9E3779B1L >>> 24);
        }
    }
}
