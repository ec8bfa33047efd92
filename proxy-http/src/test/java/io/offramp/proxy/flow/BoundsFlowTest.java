package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.flow.Handlers.Front;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.UpstreamLimits;
import io.offramp.proxy.upstream.UpstreamProtocol;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Bounds of one route's exchanges: they come before those of the upstream, and these before the listener's. */
class BoundsFlowTest extends TextFlow {
    private static final String GET = "GET /app/a HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String SLOW = "GET /app/slow HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String BEGUN = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nb";

    /** Answers in 3 s with pauses of 2 s; under /app/slow in 7 s; all in 8 s; tunnels of 4 s; bodies of 4 bytes. */
    BoundsFlowTest() {
        super(Handlers.limited(
                Front.HTTP1,
                UpstreamProtocol.HTTP1,
                100,
                UpstreamLimits.DEFAULTS
                        .with(Duration.ofSeconds(1))
                        .with(new ExchangeBounds(seconds(3), seconds(2), seconds(8), seconds(4), 4))));
    }

    private static long seconds(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void shouldAnswer504WhereTheUpstreamsTimeForAHeadIsOver() {
        Peer client = begin(GET);
        accept();

        proxy.advance(Duration.ofMillis(3500));

        assertThat(text(client)).startsWith("HTTP/1.1 504 ");
    }

    @Test
    void shouldGiveARouteItsOwnTime() {
        // Given
        Peer client = begin(SLOW);
        Peer server = accept();

        // When
        proxy.advance(Duration.ofMillis(6500));

        // Then
        assertThat(text(client)).isEmpty();
        send(server, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldEndAnAnswerThatPausesForTooLong() {
        // Given
        Peer client = begin(GET);
        Peer server = accept();
        proxy.advance(Duration.ofMillis(2500));
        send(server, BEGUN);
        proxy.advance(Duration.ofMillis(1500));
        send(server, "c");
        assertThat(text(client)).endsWith("\r\n\r\nbc");

        // When
        proxy.advance(Duration.ofMillis(2500));

        // Then
        assertThat(client.isOpen()).isFalse();
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void shouldEndAnExchangeThatTakesTooLongThoughItsAnswerFlows() {
        // Given
        Peer client = begin(GET);
        Peer server = accept();
        send(server, BEGUN);

        // When
        for (int second = 0; second < 7; second++) {
            proxy.advance(Duration.ofSeconds(1));
            send(server, "x");
        }
        assertThat(client.isOpen()).isTrue();
        proxy.advance(Duration.ofSeconds(1));

        // Then
        assertThat(client.isOpen()).isFalse();
        assertThat(proxy.entries())
                .singleElement()
                .extracting(AccessEntry::abort)
                .isEqualTo("takes too long");
    }

    @Test
    void shouldLetATunnelOutliveTheTimeOfAnExchangeAndEndItWhenItIsSilent() {
        // Given
        Peer client = begin("GET /app/a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
        Peer server = accept();
        send(server, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
        text(client);

        // When
        for (int i = 0; i < 4; i++) {
            proxy.advance(Duration.ofSeconds(3));
            send(server, "x");
        }

        // Then
        assertThat(text(client)).isEqualTo("xxxx");
        proxy.advance(Duration.ofMillis(4500));
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void shouldAnswer413WhereABodyIsLargerThanTheUpstreamTakes() {
        Peer client = begin("POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde");

        assertThat(text(client)).startsWith("HTTP/1.1 413 ");
        assertThat(proxy.offered()).isZero();
    }

    @Test
    void shouldAnswer413WhereABodyOfUnknownLengthGrowsTooLarge() {
        Peer client = begin("POST /app/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n");
        Peer server = accept();

        send(client, "1\r\ne\r\n");

        assertThat(text(client)).startsWith("HTTP/1.1 413 ");
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void shouldWaitForTheSettingsOfAServerAsLongAsTheUpstreamSays() {
        restart(Handlers.limited(
                Front.HTTP1, UpstreamProtocol.H2C, 100, UpstreamLimits.DEFAULTS.with(Duration.ofSeconds(1))));
        Peer client = begin(GET);
        accept();

        proxy.advance(Duration.ofMillis(1500));

        assertThat(text(client)).startsWith("HTTP/1.1 504 ");
    }

    @Test
    void shouldWaitForAConnectionAsLongAsTheUpstreamSays() {
        Peer client = begin(GET);

        proxy.advance(Duration.ofMillis(1500));

        assertThat(text(client)).startsWith("HTTP/1.1 504 ");
    }
}
