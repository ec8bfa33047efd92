package io.offramp.proxy.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.offramp.proxy.metrics.ProxyMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptPauseTest {
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long SHORT_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final ProxyMetrics metrics = new ProxyMetrics();
    private final EmbeddedChannel socket =
            new EmbeddedChannel(new AcceptPause("web", metrics.listener("web")::onAcceptFailed));

    @Test
    void shouldRestAfterAFailureAndTryAgainAndCountBoth() throws Exception {
        socket.freezeTime();

        for (int failure = 1; failure <= 3; failure++) {
            socket.pipeline()
                    .fireExceptionCaught(new IOException("accept(..) failed with error(-24): Too many open files"));
            assertThat(socket.config().isAutoRead()).isFalse();

            socket.advanceTimeBy(100, TimeUnit.MILLISECONDS);
            socket.runScheduledPendingTasks();
            assertThat(socket.config().isAutoRead()).isTrue();
            assertThat(scraped()).contains("offramp_accept_failures_total{listener=\"web\"} " + failure + ".0");
        }
    }

    @Test
    void shouldRestUntilItIsReleasedAlsoIfAcceptHasFailed() {
        socket.freezeTime();
        socket.pipeline()
                .fireExceptionCaught(new IOException("accept(..) failed with error(-24): Too many open files"));

        AcceptPause.hold(socket);
        socket.advanceTimeBy(100, TimeUnit.MILLISECONDS);
        socket.runScheduledPendingTasks();
        assertThat(socket.config().isAutoRead()).isFalse();

        AcceptPause.release(socket);
        assertThat(socket.config().isAutoRead()).isTrue();
    }

    @Test
    void shouldWaitOnlyForATimeForAnEventLoopThatIsStuck() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, LocalIoHandler.newFactory());
        CountDownLatch stuck = new CountDownLatch(1);
        try {
            // Given
            Channel listening = new ServerBootstrap()
                    .group(loops)
                    .channel(LocalServerChannel.class)
                    .childHandler(new ChannelInboundHandlerAdapter())
                    .bind(new LocalAddress(getClass()))
                    .sync()
                    .channel();
            assertThat(AcceptPause.awaitAccepted(listening, System.nanoTime() + LONG_NS))
                    .isTrue();

            // When
            loops.forEach(loop -> {
                if (loop != listening.eventLoop()) {
                    loop.submit(() -> {
                        stuck.await();
                        return true;
                    });
                }
            });

            // Then
            assertThat(AcceptPause.awaitAccepted(listening, System.nanoTime() + SHORT_NS))
                    .isFalse();
            stuck.countDown();
            assertThat(AcceptPause.awaitAccepted(listening, System.nanoTime() + LONG_NS))
                    .isTrue();
        } finally {
            stuck.countDown();
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @Test
    void shouldLetConnectionsPass() {
        socket.writeInbound("a connection");

        assertThat(socket.<Object>readInbound()).isEqualTo("a connection");
    }

    @Test
    void shouldLeaveAFaultOfOursToOthers() {
        socket.pipeline().fireExceptionCaught(new IllegalStateException("ours"));

        assertThatThrownBy(socket::checkException).hasMessage("ours");
        assertThat(socket.config().isAutoRead()).isTrue();
    }

    private String scraped() throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        metrics.scrape(page);
        return page.toString();
    }
}
