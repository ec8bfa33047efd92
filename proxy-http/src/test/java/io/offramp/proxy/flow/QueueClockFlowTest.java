package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.flow.Handlers.Front;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.QueueConfig;
import io.offramp.proxy.upstream.UpstreamLimits;
import io.offramp.proxy.upstream.UpstreamProtocol;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The client's clock stands still while its request waits in the queue of an upstream. */
class QueueClockFlowTest extends TextFlow {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    QueueClockFlowTest() {
        super(Handlers.limited(Front.HTTP1, UpstreamProtocol.HTTP1, 1000, patient()));
    }

    /** Requests wait for minutes, where a client has one minute for its own. */
    private static UpstreamLimits patient() {
        ExchangeBounds bounds = new ExchangeBounds(TimeUnit.MINUTES.toNanos(5), -1, -1, -1, -1);
        return new UpstreamLimits(1, 20)
                .with(new QueueConfig(2, Duration.ofMinutes(5)))
                .with(bounds);
    }

    @Test
    void shouldNotCountAWaitInItsQueueAgainstTheClient() {
        // Given
        ask("/app/a");
        Peer server = accept();
        Peer second = begin("POST /app/b HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
        proxy.advance(Duration.ofSeconds(70));

        // When
        send(server, OK);

        // Then
        for (int seconds = 0; seconds < 58; seconds++) {
            send(second, "x".repeat(700));
            proxy.advance(Duration.ofSeconds(1));
        }
        assertThat(text(second)).isEmpty();
        proxy.advance(Duration.ofSeconds(3));
        assertThat(text(second)).startsWith("HTTP/1.1 408 ");
    }

    @Test
    void shouldNotCountAWaitInItsQueueAgainstAStream() {
        // Given
        restart(Handlers.limited(Front.HTTP2, UpstreamProtocol.HTTP1, 1000, patient()));
        Http2ClientPeer client = new Http2ClientPeer(proxy.connect());
        proxy.settle();
        client.ask(true, "GET");
        proxy.settle();
        Peer server = accept();
        Http2ClientPeer.Call second = client.ask(false, "POST");
        proxy.advance(Duration.ofSeconds(70));

        // When
        send(server, OK);

        // Then
        for (int seconds = 0; seconds < 58; seconds++) {
            client.body(second, false, "x".repeat(700));
            proxy.advance(Duration.ofSeconds(1));
            client.read();
        }
        assertThat(second.head).isNull();
        proxy.advance(Duration.ofSeconds(3));
        client.read();
        assertThat(Objects.requireNonNull(second.head).status()).hasToString("408");
    }
}
