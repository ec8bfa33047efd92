package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.flow.Handlers.Front;
import io.offramp.proxy.upstream.QueueConfig;
import io.offramp.proxy.upstream.UpstreamLimits;
import io.offramp.proxy.upstream.UpstreamProtocol;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What waits in a queue while one server is busy and the other rests, and nothing else happens. */
class QueueRestFlowTest extends TextFlow {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    /** Longer than two rests. */
    private static final QueueConfig QUEUE = new QueueConfig(3, Duration.ofSeconds(9));

    QueueRestFlowTest() {
        super(of(Front.HTTP1));
    }

    /** Two servers that have one request at once. */
    private static Handlers of(Front clients) {
        UpstreamLimits limits = new UpstreamLimits(1, 20).with(QUEUE);
        return Handlers.bounded(clients, UpstreamProtocol.HTTP1, 256, 1000, 1, 2, limits, null);
    }

    private void refuse() {
        proxy.refuse();
        proxy.settle();
    }

    @Test
    void shouldTryAServerBehindItsRest() {
        // Given
        Peer first = ask("/app/a");
        Peer busy = accept();
        ask("/app/b");
        refuse();
        Peer third = ask("/app/c");
        assertThat(proxy.counts().queued).isEqualTo(2);

        // When
        proxy.advance(Duration.ofMillis(2500));
        assertThat(proxy.offered()).isZero();
        proxy.advance(Duration.ofSeconds(1));

        // Then
        Peer rested = accept();
        assertThat(text(rested)).startsWith("GET /app/c ");
        send(rested, OK);
        assertThat(text(third)).startsWith("HTTP/1.1 200 ");
        send(busy, OK);
        assertThat(text(first)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldTryAServerBehindEachOfItsRests() {
        // Given two that wait when it does not accept
        ask("/app/a");
        accept();
        ask("/app/b");
        ask("/app/c");
        Peer fourth = ask("/app/d");
        refuse();

        // When it does not accept again, a second behind its rest
        proxy.advance(Duration.ofMillis(3500));
        assertThat(proxy.offered()).isEqualTo(1);
        proxy.advance(Duration.ofSeconds(1));
        refuse();
        proxy.advance(Duration.ofMillis(2500));
        assertThat(proxy.offered()).isZero();
        proxy.advance(Duration.ofSeconds(1));

        // Then
        Peer rested = accept();
        assertThat(text(rested)).startsWith("GET /app/d ");
        send(rested, OK);
        assertThat(text(fourth)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldTryAServerForAConnectionOfTcpBehindItsRest() {
        // Given
        restart(of(Front.TCP));
        begin("first");
        accept();
        begin("second");
        refuse();
        begin("third");
        assertThat(proxy.offered()).isZero();

        // When
        proxy.advance(Duration.ofMillis(3500));

        // Then
        assertThat(text(accept())).isEqualTo("third");
    }
}
