package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.flow.Handlers.Front;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.QueueConfig;
import io.offramp.proxy.upstream.RequestQueue.Refused;
import io.offramp.proxy.upstream.RetryConfig;
import io.offramp.proxy.upstream.RetryConfig.Cause;
import io.offramp.proxy.upstream.UpstreamLimits;
import io.offramp.proxy.upstream.UpstreamProtocol;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The queue of an upstream: for requests that its servers have no room for. */
class RequestQueueFlowTest extends TextFlow {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final QueueConfig QUEUE = new QueueConfig(2, Duration.ofSeconds(3));

    /** One request at once, two that wait. */
    RequestQueueFlowTest() {
        super(one(1000, new UpstreamLimits(1, 20).with(QUEUE)));
    }

    private static Handlers one(int connections, UpstreamLimits limits) {
        return Handlers.limited(Front.HTTP1, UpstreamProtocol.HTTP1, connections, limits);
    }

    @Test
    void shouldSendWaitingRequestsInTheirOrder() {
        // Given
        Peer first = ask("/app/a");
        Peer server = accept();
        Peer second = ask("/app/b");
        Peer third = ask("/app/c");
        assertThat(proxy.offered()).isZero();
        assertThat(proxy.counts().queued).isEqualTo(2);
        assertThat(text(server)).startsWith("GET /app/a ");

        // When
        send(server, OK);

        // Then
        assertThat(text(first)).startsWith("HTTP/1.1 200 ");
        assertThat(text(server)).startsWith("GET /app/b ");
        assertThat(proxy.counts().queued).isEqualTo(1);
        send(server, OK);
        assertThat(text(second)).startsWith("HTTP/1.1 200 ");
        assertThat(text(server)).startsWith("GET /app/c ");
        send(server, OK);
        assertThat(text(third)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldLetNoRequestOvertakeThoseThatWait() {
        // Given
        Peer first = ask("/app/a");
        Peer server = accept();
        ask("/app/b");
        text(server);

        // When: the answer and another request come in one turn
        server.send(OK.getBytes(StandardCharsets.ISO_8859_1));
        first.send(get("/app/c").getBytes(StandardCharsets.ISO_8859_1));
        proxy.settle();

        // Then
        assertThat(text(server)).startsWith("GET /app/b ");
    }

    @Test
    void shouldAnswer503WithRetryAfterWhenTheQueueIsFull() {
        // Given
        ask("/app/a");
        accept();
        ask("/app/b");
        ask("/app/c");

        // When
        Peer fourth = ask("/app/d");

        // Then
        assertThat(text(fourth)).startsWith("HTTP/1.1 503 ").contains("\r\nRetry-After: 1\r\n");
        assertThat(proxy.counts().refused).containsExactly(Refused.FULL);
        assertThat(proxy.entries())
                .singleElement()
                .extracting(AccessEntry::abort)
                .isEqualTo("all servers are busy, and the queue is full");
    }

    @Test
    void shouldAnswer503WhenNoServerHasRoomInTime() {
        // Given
        ask("/app/a");
        Peer server = accept();
        Peer second = ask("/app/b");
        proxy.advance(Duration.ofMillis(2500));
        assertThat(text(second)).isEmpty();

        // When
        proxy.advance(Duration.ofSeconds(1));

        // Then
        assertThat(text(second)).startsWith("HTTP/1.1 503 ").contains("\r\nRetry-After: 1\r\n");
        assertThat(proxy.counts().refused).containsExactly(Refused.LATE);
        assertThat(proxy.counts().queued).isZero();
        assertThat(proxy.entries())
                .singleElement()
                .extracting(AccessEntry::abort)
                .isEqualTo("all servers are busy, and none had room in time");
        text(server);
        send(server, OK);
        assertThat(text(server)).isEmpty();
    }

    @Test
    void shouldTakeAClientThatLeavesOutOfTheQueue() {
        // Given
        ask("/app/a");
        Peer server = accept();
        Peer second = ask("/app/b");
        Peer third = ask("/app/c");

        // When
        second.reset();
        proxy.settle();

        // Then
        assertThat(proxy.counts().queued).isEqualTo(1);
        text(server);
        send(server, OK);
        assertThat(text(server)).startsWith("GET /app/c ");
        send(server, OK);
        assertThat(text(third)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldGiveTheTurnOfAClientThatLeavesInItToTheNext() {
        // Given
        ask("/app/a");
        Peer server = accept();
        Peer second = ask("/app/b");
        ask("/app/c");
        text(server);

        // When: the answer and the reset come in one turn
        server.send(OK.getBytes(StandardCharsets.ISO_8859_1));
        second.reset();
        proxy.settle();

        // Then: over the connection that the other did not need, or one of its own
        assertThat(text(proxy.offered() > 0 ? accept() : server)).startsWith("GET /app/c ");
    }

    @Test
    void shouldBoundWaitsForConnectionsByTheUpstreamsOwnQueue() {
        // Given
        restart(one(1000, new UpstreamLimits(0, 20).with(QUEUE).withConnections(1)));
        ask("/app/a");
        accept();
        Peer second = ask("/app/b");
        ask("/app/c");
        assertThat(proxy.counts().queued).isEqualTo(2);

        // When
        Peer fourth = ask("/app/d");
        proxy.advance(Duration.ofMillis(3500));

        // Then
        assertThat(text(fourth)).startsWith("HTTP/1.1 503 ").contains("\r\nRetry-After: 1\r\n");
        assertThat(text(second)).startsWith("HTTP/1.1 503 ");
        assertThat(proxy.counts().refused).containsExactly(Refused.FULL, Refused.LATE, Refused.LATE);
    }

    @Test
    void shouldNotBlameServersForWaitsInItsOwnQueue() {
        // Given: the answer has one second, and the queue three
        proxy.close();
        ExchangeBounds hasty = new ExchangeBounds(TimeUnit.SECONDS.toNanos(1), -1, -1, -1, -1);
        UpstreamLimits limits = new UpstreamLimits(0, 20).with(QUEUE).with(hasty);
        proxy = Handlers.bounded(Front.HTTP1, UpstreamProtocol.HTTP1, 256, 1, 1, 2, limits, null);
        ask("/app/slow/a");
        accept();
        ask("/app/slow/b");
        accept();
        Peer third = ask("/app/c");

        // When
        proxy.advance(Duration.ofMillis(2500));
        assertThat(text(third)).isEmpty();
        proxy.advance(Duration.ofSeconds(1));

        // Then
        assertThat(text(third)).startsWith("HTTP/1.1 503 ").contains("\r\nRetry-After: 1\r\n");
        assertThat(proxy.faults()).isZero();
        assertThat(proxy.counts().refused).containsExactly(Refused.LATE);
    }

    @Test
    void shouldGiveTheAnswerItsTimeBehindAWaitForAConnection() {
        // Given
        proxy.close();
        ExchangeBounds hasty = new ExchangeBounds(TimeUnit.SECONDS.toNanos(2), -1, -1, -1, -1);
        proxy = one(1, new UpstreamLimits(0, 20).with(QUEUE).with(hasty));
        ask("/app/slow/a");
        Peer server = accept();
        Peer second = ask("/app/b");
        proxy.advance(Duration.ofMillis(2500));
        text(server);
        send(server, OK);

        // When
        proxy.advance(Duration.ofMillis(1500));
        assertThat(text(second)).isEmpty();
        proxy.advance(Duration.ofSeconds(1));

        // Then
        assertThat(text(second)).startsWith("HTTP/1.1 504 ");
    }

    @Test
    void shouldAnswer503AtOnceWithoutAQueue() {
        // Given
        restart(one(1000, new UpstreamLimits(1, 20)));
        ask("/app/a");
        accept();

        // When
        Peer second = ask("/app/b");

        // Then
        assertThat(text(second)).startsWith("HTTP/1.1 503 ");
        assertThat(proxy.counts().refused).isEmpty();
    }

    @Test
    void shouldLetOthersPassThatCanUseTheRoom() {
        // Given: a request that two servers have failed waits for the third
        proxy.close();
        RetryConfig rules = new RetryConfig(Set.of(Cause.CONNECT), Set.of(503), null, 2, 0);
        proxy = several(3, new UpstreamLimits(1, 20).with(QUEUE).with(rules));
        Peer first = ask("/app/a");
        Peer full = accept();
        Peer second = ask("/app/b");
        send(accept(), "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
        proxy.refuse();
        proxy.settle();
        assertThat(proxy.counts().queued).isEqualTo(1);

        // When
        Peer third = ask("/app/c");

        // Then
        send(accept(), OK);
        assertThat(text(third)).startsWith("HTTP/1.1 200 ");
        assertThat(text(second)).isEmpty();
        text(full);
        send(full, OK);
        assertThat(text(first)).startsWith("HTTP/1.1 200 ");
        assertThat(text(full)).startsWith("GET /app/b ");
        send(full, OK);
        assertThat(text(second)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldGiveTheTurnOfARequestWithoutBudgetToTheNext() {
        // Given: a request that one server has failed waits for the other, and may not be tried again
        restart(several(2, new UpstreamLimits(1, 0).with(QUEUE)));
        ask("/app/a");
        Peer full = accept();
        Peer second = ask("/app/b");
        proxy.refuse();
        proxy.settle();
        Peer third = ask("/app/c");
        assertThat(proxy.counts().queued).isEqualTo(2);
        text(full);

        // When
        send(full, OK);

        // Then
        assertThat(text(second)).startsWith("HTTP/1.1 502 ");
        assertThat(text(full)).startsWith("GET /app/c ");
        send(full, OK);
        assertThat(text(third)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldSendWaitingRequestsToTheServersOfAnotherConfiguration() {
        // Given
        ask("/app/a");
        Peer full = accept();
        Peer second = ask("/app/b");
        Peer third = ask("/app/c");

        // When
        reload(2, new UpstreamLimits(1, 20).with(QUEUE));

        // Then
        Peer added = accept();
        assertThat(text(added)).startsWith("GET /app/b ");
        Peer fourth = ask("/app/d");
        assertThat(proxy.counts().queued).isEqualTo(2);
        send(added, OK);
        assertThat(text(second)).startsWith("HTTP/1.1 200 ");
        assertThat(text(added)).startsWith("GET /app/c ");
        send(added, OK);
        assertThat(text(third)).startsWith("HTTP/1.1 200 ");
        assertThat(text(added)).startsWith("GET /app/d ");
        send(added, OK);
        assertThat(text(fourth)).startsWith("HTTP/1.1 200 ");
        assertThat(text(full)).startsWith("GET /app/a ");
    }

    @Test
    void shouldUseAllTheRoomOfAnotherConfiguration() {
        // Given
        ask("/app/a");
        accept();
        ask("/app/b");
        ask("/app/c");

        // When
        reload(1, new UpstreamLimits(3, 20).with(QUEUE));

        // Then
        assertThat(proxy.counts().queued).isZero();
        assertThat(proxy.offered()).isEqualTo(2);
    }

    @Test
    void shouldFailWhatWaitsForServersThatAreGone() {
        // Given: one waits for the server that is left, another for either
        restart(several(2, new UpstreamLimits(1, 20).with(QUEUE)));
        Peer first = ask("/app/a");
        Peer second = ask("/app/b");
        Peer third = ask("/app/c");
        proxy.refuse();
        proxy.settle();
        assertThat(proxy.counts().queued).isEqualTo(2);

        // When
        proxy.refuse();
        proxy.settle();

        // Then
        assertThat(proxy.counts().queued).isZero();
        assertThat(text(first)).startsWith("HTTP/1.1 502 ");
        assertThat(text(second)).startsWith("HTTP/1.1 502 ");
        assertThat(text(third)).startsWith("HTTP/1.1 503 ");
        assertThat(proxy.counts().refused).isEmpty();
    }

    @Test
    void shouldFailWhatWaitsWhenTheLastServerIsDrained() {
        // Given
        Peer first = ask("/app/a");
        Peer server = accept();
        Peer second = ask("/app/b");

        // When
        proxy.server().health().drain(true, proxy.nowNs());
        proxy.settle();

        // Then
        assertThat(text(second)).startsWith("HTTP/1.1 503 ");
        send(server, OK);
        assertThat(text(first)).startsWith("HTTP/1.1 200 ");
    }

    private static Handlers several(int servers, UpstreamLimits limits) {
        return Handlers.bounded(Front.HTTP1, UpstreamProtocol.HTTP1, 256, 1000, 1, servers, limits, null);
    }

    private void reload(int servers, UpstreamLimits limits) {
        proxy.reload(ModelSettings.app(UpstreamProtocol.HTTP1, servers).with(limits), proxy.settings(), null);
        proxy.settle();
    }
}
