package io.offramp.proxy.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.testing.LogCapture;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TcpHandlerTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 1);

    private final EmbeddedChannel client = new EmbeddedChannel();
    private final EmbeddedChannel server = new EmbeddedChannel();

    @Test
    void shouldNotWarnOfARecordThatTheClientHasMadeWrong() {
        // Given
        Upstreams upstreams = new Upstreams(
                Map.of("app", new UpstreamConfig("app", List.of(new HostPort("127.0.0.1", 8080)))),
                spoken -> new Http1Protocol(HeadLimits.DEFAULTS),
                UpstreamSettings.DEFAULTS,
                name -> UpstreamEvents.NONE,
                (loop, to, allocator, timeoutMs, handler) -> {
                    server.pipeline().addLast(handler);
                    return server.newSucceededFuture();
                });
        client.attr(Connection.KEY).set(new Connection(1, "test", ADDRESS, ADDRESS));
        TcpFront.install(
                client.pipeline(),
                new TcpFrontSettings(
                        new RouteConfig(null, "/", "app"),
                        upstreams,
                        TcpSettings.DEFAULTS,
                        null,
                        MemoryBudget.unlimited()));
        try (LogCapture log = new LogCapture("io.offramp.proxy", Level.INFO)) {
            // When
            client.pipeline().fireExceptionCaught(badRecord());

            // Then
            assertThat(log.events()).isEmpty();
        }
        assertThat(client.isOpen()).isFalse();
    }

    private static OffloadException badRecord() {
        return new RecordAuthenticationException("record 3");
    }
}
