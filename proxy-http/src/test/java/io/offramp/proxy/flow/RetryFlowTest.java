package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.flow.Handlers.Front;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.RetryConfig;
import io.offramp.proxy.upstream.RetryConfig.Cause;
import io.offramp.proxy.upstream.UpstreamLimits;
import io.offramp.proxy.upstream.UpstreamProtocol;
import io.offramp.proxy.upstream.failure.FailureReason;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Further attempts of requests, by status and fault. */
class RetryFlowTest extends TextFlow {
    private static final String GET = "GET /app/a HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String PUT = "PUT /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String BUSY = "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy";
    private static final Duration PAUSE = Duration.ofSeconds(1);

    RetryFlowTest() {
        super(of(20, rules(null, 2, 8)));
    }

    private static RetryConfig rules(@Nullable Set<String> methods, int attempts, int bodyBytes) {
        return new RetryConfig(
                Set.of(Cause.CONNECT, Cause.REFUSED, Cause.RESET, Cause.TIMEOUT),
                Set.of(503),
                methods,
                attempts,
                bodyBytes);
    }

    private static Handlers of(int percent, RetryConfig rules) {
        return Handlers.limited(Front.HTTP1, UpstreamProtocol.HTTP1, 100, new UpstreamLimits(0, percent).with(rules));
    }

    private void restart(int percent, RetryConfig rules) {
        restart(of(percent, rules));
    }

    @Test
    void shouldTryAgainBehindAStatus() {
        // Given
        Peer client = begin(GET);

        // When
        send(accept(), BUSY);
        proxy.advance(PAUSE);

        // Then
        assertThat(client.take()).isEmpty();
        Peer second = accept();
        assertThat(text(second)).startsWith("GET /app/a ");
        send(second, OK);
        assertThat(text(client)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nok");
        assertThat(proxy.entries())
                .singleElement()
                .extracting(AccessEntry::status)
                .isEqualTo(200);
    }

    @Test
    void shouldPassTheAnswerOfTheLastAttemptOn() {
        // Given
        Peer client = begin(GET);
        send(accept(), BUSY);
        proxy.advance(PAUSE);

        // When
        send(accept(), BUSY);

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 503 Busy").endsWith("busy");
        proxy.advance(PAUSE);
        assertThat(proxy.offered()).isZero();
    }

    @Test
    void shouldPassTheStatusOfTheFirstAttemptOnIfNoneFollows() {
        // Given
        Peer client = begin(GET);
        send(accept(), "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbusy");
        proxy.advance(PAUSE);

        // When
        proxy.refuse();
        proxy.settle();

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 503 ").contains("\r\nRetry-After: 7\r\n");
        assertThat(proxy.entries()).singleElement().satisfies(entry -> {
            assertThat(entry.status()).isEqualTo(503);
            assertThat(entry.abort()).startsWith("connect to ");
        });
    }

    @Test
    void shouldPassAnAnswerOnIfNoServerIsLeftForAnotherAttempt() {
        // Given
        Peer client = begin(GET);
        Peer server = accept();
        proxy.server().health().drain(true, 0);

        // When
        send(server, BUSY);

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 503 Busy").endsWith("busy");
    }

    @Test
    void shouldTryAServerAgainThatHasRoomForOneRequest() {
        // Given
        restart(Handlers.limited(
                Front.HTTP1, UpstreamProtocol.HTTP1, 100, new UpstreamLimits(1, 20).with(rules(null, 2, 8))));
        Peer client = begin(GET);

        // When
        send(accept(), BUSY);
        proxy.advance(PAUSE);

        // Then
        send(accept(), OK);
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldTryAgainBehindAReset() {
        // Given
        Peer client = begin(GET);

        // When
        accept().reset();
        proxy.settle();
        proxy.advance(PAUSE);

        // Then
        send(accept(), OK);
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldTryAgainWhereNoAnswerComesInTime() {
        // Given
        Peer client = begin(GET);
        Peer silent = accept();

        // When
        proxy.advance(Duration.ofSeconds(11));

        // Then
        assertThat(silent.isOpen()).isFalse();
        send(accept(), OK);
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldTakeA101ThatWasNotAskedForAsAFailureOfTheServer() {
        // Given
        Peer client = begin(GET);

        // When
        send(accept(), "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 502 ");
        assertThat(proxy.counts().failures).containsExactly(FailureReason.GARBAGE);
        assertThat(proxy.server().requests().faults()).isEqualTo(1);
        assertThat(proxy.entries())
                .singleElement()
                .satisfies(entry ->
                        assertThat(entry.abort()).isEqualTo("upstream garbage: 101 to what was not asked for"));
    }

    @Test
    void shouldCountTheRepetitionBehindAnIdleConnectionAsAnAttempt() {
        // Given a connection that may be stale for the second attempt
        Peer neighbour = begin(GET);
        Peer kept = accept();
        send(kept, OK);
        assertThat(text(neighbour)).startsWith("HTTP/1.1 200 ");
        Peer another = begin(GET);
        text(kept);
        Peer client = begin(GET);
        Peer first = accept();
        send(kept, OK);
        assertThat(text(another)).startsWith("HTTP/1.1 200 ");

        // When
        send(first, BUSY.replace("Content-Length", "Connection: close\r\nContent-Length"));
        proxy.advance(PAUSE);
        assertThat(text(kept)).startsWith("GET /app/a ");
        kept.reset();
        proxy.settle();
        proxy.advance(PAUSE);

        // Then
        assertThat(proxy.offered()).isZero();
        assertThat(text(client)).startsWith("HTTP/1.1 50");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "BREW"})
    void shouldNotSendWhatIsNotIdempotentTwice(String method) {
        // Given
        Peer client = begin(method + " /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");

        // When
        send(accept(), BUSY);
        proxy.advance(PAUSE);

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 503 Busy");
        assertThat(proxy.offered()).isZero();
    }

    @Test
    void shouldSendAMethodTwiceThatIsConfigured() {
        // Given
        restart(20, rules(Set.of("POST"), 2, 8));
        Peer client = begin("POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");

        // When
        send(accept(), BUSY);
        proxy.advance(PAUSE);

        // Then
        send(accept(), OK);
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldNotTryAgainOnceTheClientHasTheHead() {
        // Given
        Peer client = begin(GET);
        Peer server = accept();
        send(server, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbeg");

        // When
        server.reset();
        proxy.settle();
        proxy.advance(PAUSE);

        // Then
        assertThat(text(client)).endsWith("\r\n\r\nbeg");
        assertThat(client.isOpen()).isFalse();
        assertThat(proxy.offered()).isZero();
    }

    @Test
    void shouldSendAKeptBodyAgainAndTheRestBehindIt() {
        // Given
        Peer client = begin(PUT);
        Peer first = accept();
        assertThat(text(first)).endsWith("\r\n\r\nab");

        // When
        first.reset();
        proxy.settle();
        proxy.advance(PAUSE);

        // Then
        Peer second = accept();
        assertThat(text(second)).startsWith("PUT /app/a ").endsWith("\r\n\r\nab");
        send(client, "cd");
        assertThat(text(second)).isEqualTo("cd");
        send(second, OK);
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "HTTP2"})
    void shouldHoldABodyNoLongerThanUntilTheAnswerBegins(Front front) {
        // Given
        restart(Handlers.limited(
                front, UpstreamProtocol.HTTP1, 100, new UpstreamLimits(0, 20).with(rules(null, 2, 100_000))));
        Peer peer = proxy.connect();
        if (front == Front.HTTP2) {
            Http2ClientPeer client = new Http2ClientPeer(peer);
            proxy.settle();
            client.body(client.ask(false, "PUT"), true, new byte[50_000]);
        } else {
            send(peer, "PUT /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n" + "a".repeat(50_000));
        }
        proxy.settle();
        Peer server = accept();
        proxy.settle();
        assertThat(proxy.budgetedBytes()).isGreaterThan(50_000);

        // When
        send(server, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbeg");

        // Then
        assertThat(proxy.budgetedBytes()).isLessThan(5_000);
    }

    @Test
    void shouldSendAWholeBodyOfUnknownLengthAgain() {
        // Given
        Peer client = begin(
                "PUT /app/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + "4\r\nabcd\r\n0\r\n\r\n");

        // When
        send(accept(), BUSY);
        proxy.advance(PAUSE);

        // Then
        Peer second = accept();
        assertThat(text(second)).endsWith("\r\n\r\n4\r\nabcd\r\n0\r\n\r\n");
        send(second, OK);
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldNotSendABodyAgainThatIsLargerThanWhatIsKept() {
        // Given
        Peer client = begin(
                "PUT /app/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + "9\r\nabcdefghi\r\n0\r\n\r\n");

        // When
        send(accept(), BUSY);
        proxy.advance(PAUSE);

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 503 Busy");
        assertThat(proxy.offered()).isZero();
    }

    @Test
    void shouldTryNothingAgainWithoutABudget() {
        // Given
        restart(0, rules(null, 2, 8));
        Peer client = begin(GET);

        // When
        send(accept(), BUSY);
        proxy.advance(PAUSE);

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 503 Busy");
        assertThat(proxy.offered()).isZero();
    }

    /** Google's gRPC over HTTP2: the time of a call is that of all its attempts. */
    @Test
    void shouldEndACallInItsTimeWhateverIsTriedAgain() {
        // Given: an answer has two seconds, and the call three
        proxy.close();
        ExchangeBounds hasty = new ExchangeBounds(TimeUnit.SECONDS.toNanos(2), -1, -1, -1, -1);
        UpstreamLimits limits =
                new UpstreamLimits(0, 20).with(rules(Set.of("POST"), 2, 8)).with(hasty);
        proxy = Handlers.limited(Front.HTTP2, UpstreamProtocol.HTTP1, 100, limits);
        Http2ClientPeer client = new Http2ClientPeer(proxy.connect());
        proxy.settle();
        Http2ClientPeer.Call call =
                client.ask(true, "POST", "content-type", "application/grpc", "te", "trailers", "grpc-timeout", "3S");
        proxy.settle();
        accept();
        proxy.advance(Duration.ofMillis(2500));
        accept();

        // When
        proxy.advance(Duration.ofSeconds(1));
        client.read();

        // Then
        assertThat(Objects.requireNonNull(call.head).get("grpc-status")).hasToString("4");
    }

    @Test
    void shouldEndAPauseWithItsClient() {
        // Given
        Peer client = begin(GET);
        send(accept(), BUSY);

        // When
        client.reset();
        proxy.settle();
        proxy.advance(PAUSE);

        // Then
        assertThat(proxy.offered()).isZero();
    }
}
