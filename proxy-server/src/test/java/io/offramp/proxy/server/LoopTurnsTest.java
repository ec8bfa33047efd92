package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.offramp.proxy.sockets.SocketTransport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTurnsTest {
    private static final long BUSY_MS = 40;
    private static final long WAIT_MS = 1500;

    private final Timer turns = new SimpleMeterRegistry().timer("turns");
    private final SocketTransport transport = SocketTransport.best();
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("turns"), new LoopTurns(transport.handler(), turns));

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void shouldTimeATaskThatTheSocketsWaitFor() throws Exception {
        // When
        loop.submit(LoopTurnsTest::beBusy).get();
        awaitNextTurn();

        // Then
        assertThat(turns.max(TimeUnit.MILLISECONDS)).isGreaterThanOrEqualTo(BUSY_MS);
    }

    @Test
    void shouldTimeWhatTheEventsOfASocketTake() throws Exception {
        // Given
        Channel server = new ServerBootstrap()
                .group(loop)
                .channelFactory(transport.server())
                .childHandler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        beBusy();
                        ctx.write(message);
                        ctx.close();
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();

        // When
        try (Socket client = new Socket()) {
            client.connect(server.localAddress() instanceof InetSocketAddress address ? address : null);
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().readAllBytes()).isEmpty();
        }
        awaitNextTurn();

        // Then
        assertThat(turns.max(TimeUnit.MILLISECONDS)).isGreaterThanOrEqualTo(BUSY_MS);
    }

    @Test
    void shouldNotCountWaiting() throws Exception {
        // When
        loop.schedule(() -> {}, WAIT_MS, TimeUnit.MILLISECONDS).get();
        awaitNextTurn();

        // Then
        assertThat(turns.count()).isPositive();
        assertThat(turns.max(TimeUnit.MILLISECONDS)).isLessThan(WAIT_MS);
    }

    /**
     * A turn is counted when the next begins. Tasks handed over one after the other may still share a turn, so turns
     * are what is waited for: the first to be counted from now on may still be writing itself down, the second says
     * that it has.
     */
    private void awaitNextTurn() {
        long counted = turns.count();
        await().until(() -> {
            loop.submit(() -> {}).get();
            return turns.count() > counted + 1;
        });
    }

    private static void beBusy() {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BUSY_MS);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
