package io.offramp.proxy.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.metrics.ProxyMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptPauseTest {
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
