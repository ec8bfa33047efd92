package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Connections to a server that speaks HTTP/2: their number, their life, and requests that outlive one. */
class Http2ServerPoolTest extends Http2ServerFlow {
    private static final Http2Settings ONE_STREAM = new Http2Settings().maxConcurrentStreams(1);

    /** Two connections, three requests that may wait, four streams at once and seven in all. */
    Http2ServerPoolTest() {
        super(settings ->
                settings.connections(2).queue(3).streams(4).requests(7).age(Duration.ofMinutes(10)));
    }

    @Test
    void shouldLetRequestsWaitForTheConnectionThatOpens() {
        // Given
        List<Peer> clients = ask(4);

        // When
        Http2Peer server = accept();

        // Then
        assertThat(server.requests()).hasSize(4);
        server.requests().forEach(each -> server.answer(each, "ok"));
        proxy.settle();
        assertThat(clients).allMatch(each -> text(each).startsWith("HTTP/1.1 200 "));
    }

    @Test
    void shouldOpenAnotherConnectionWhenItsOwnBoundOfStreamsIsReached() {
        // Given
        ask(4);
        Http2Peer first = accept();

        // When
        ask(1);

        // Then
        Http2Peer second = accept();
        assertThat(first.requests()).hasSize(4);
        assertThat(second.requests()).hasSize(1);
    }

    @Test
    void shouldOpenAnotherConnectionWhenTheServerAllowsFewerStreams() {
        // Given
        List<Peer> clients = ask(3);

        // When
        Http2Peer first = accept(ONE_STREAM);
        Http2Peer second = acceptOne(ONE_STREAM);

        // Then
        assertThat(first.requests()).hasSize(1);
        assertThat(second.requests()).hasSize(1);
        assertThat(proxy.offered()).isZero();
        first.answer(first.request(0), "ok");
        settleWith(first);
        assertThat(first.requests()).hasSize(2);
        second.answer(second.request(0), "ok");
        first.answer(first.request(1), "ok");
        proxy.settle();
        assertThat(clients).allMatch(each -> text(each).startsWith("HTTP/1.1 200 "));
    }

    @Test
    void shouldAnswer503WhenTooManyWaitForAStream() {
        // Given
        ask(2);
        acceptOne(ONE_STREAM);
        acceptOne(ONE_STREAM);
        ask(3);

        // When
        Peer last = ask(GET);

        // Then
        assertThat(text(last)).startsWith("HTTP/1.1 503 ");
    }

    @Test
    void shouldAnswer503WhenNoStreamComesFreeInTime() {
        // Given
        ask(2);
        acceptOne(ONE_STREAM);
        acceptOne(ONE_STREAM);
        Peer third = ask(GET);

        // When
        proxy.advance(Duration.ofMillis(2500));

        // Then
        assertThat(text(third)).startsWith("HTTP/1.1 503 ");
    }

    @Test
    void shouldUseStreamsThatTheServerAllowsLater() {
        // Given
        ask(4);
        Http2Peer first = acceptOne(ONE_STREAM);
        Http2Peer second = acceptOne(ONE_STREAM);

        // When
        first.settings(new Http2Settings().maxConcurrentStreams(3));
        settleWith(first);

        // Then
        assertThat(first.requests()).hasSize(3);
        assertThat(second.requests()).hasSize(1);
    }

    @Test
    void shouldLeaseNoMoreWhileTheServerAllowsFewerStreamsThanAreOpen() {
        // Given
        ask(2);
        Http2Peer first = accept();

        // When
        first.settings(ONE_STREAM);
        settleWith(first);
        ask(1);

        // Then
        Http2Peer second = accept();
        first.answer(first.request(0), "ok");
        settleWith(first);
        assertThat(first.requests()).hasSize(2);
        assertThat(second.requests()).hasSize(1);
        first.answer(first.request(1), "ok");
        settleWith(first);
        ask(1);
        settleWith(first);
        assertThat(first.requests()).hasSize(3);
    }

    @Test
    void shouldFinishStreamsBehindAGoAwayAndSendTheOthersAgain() {
        // Given
        Peer first = ask(GET);
        Http2Peer server = accept();
        Peer second = ask("POST /app/b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
        server.request(1);

        // When
        server.raw("000008 07 00 00000000 00000003 00000000");
        settleWith(server);
        send(second, "hi");

        // Then
        Http2Peer next = accept();
        assertThat(next.request(0).path()).isEqualTo("/app/b");
        assertThat(next.request(0).body.toString()).isEqualTo("hi");
        server.answer(server.request(0), "ok");
        next.answer(next.request(0), "ok");
        proxy.settle();
        assertThat(text(first)).startsWith("HTTP/1.1 200 ");
        assertThat(text(second)).startsWith("HTTP/1.1 200 ");
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void shouldSendARefusedRequestAgainAFewTimes() {
        // Given
        Peer client = ask("DELETE /app/a HTTP/1.1\r\nHost: a\r\n\r\n");
        Http2Peer server = accept();

        // When
        for (int i = 0; i < 4; i++) {
            server.reset(server.request(i), Http2Error.REFUSED_STREAM);
            proxy.advance(Duration.ofMillis(500));
        }

        // Then
        assertThat(server.requests()).hasSize(4);
        assertThat(text(client)).startsWith("HTTP/1.1 502 ");
    }

    @Test
    void shouldNotSendARequestAgainWhoseBodyWasSent() {
        // Given
        Peer client = ask("POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
        Http2Peer server = accept();
        server.request(0);

        // When
        server.reset(server.request(0), Http2Error.REFUSED_STREAM);
        settleWith(server);

        // Then
        assertThat(server.requests()).hasSize(1);
        assertThat(text(client)).startsWith("HTTP/1.1 502 ");
    }

    @Test
    void shouldSendARequestAgainOnceThatALostConnectionMayHaveServed() {
        // Given
        Peer warm = ask(GET);
        Http2Peer server = accept();
        server.answer(server.request(0), "ok");
        proxy.settle();
        Peer repeatable = ask(GET);
        Peer other = ask("POST /app/b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        server.request(2);

        // When
        server.peer().reset();
        proxy.settle();

        // Then
        Http2Peer next = accept();
        assertThat(next.requests()).hasSize(1);
        next.answer(next.request(0), "ok");
        proxy.settle();
        assertThat(text(warm)).startsWith("HTTP/1.1 200 ");
        assertThat(text(repeatable)).startsWith("HTTP/1.1 200 ");
        assertThat(text(other)).startsWith("HTTP/1.1 502 ");
    }

    @Test
    void shouldReplaceAConnectionBeforeItEnds() {
        // Given
        Http2Peer server = null;
        for (int i = 0; i < 7; i++) {
            Peer client = ask(GET);
            server = server == null ? accept() : server;
            server.answer(server.request(i), "ok");
            proxy.settle();
            assertThat(text(client)).startsWith("HTTP/1.1 200 ");
        }
        assertThat(server).isNotNull();

        // When
        Peer eighth = ask(GET);

        // Then
        assertThat(server.isOpen()).isFalse();
        Http2Peer next = accept();
        next.answer(next.request(0), "ok");
        proxy.settle();
        assertThat(text(eighth)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldReplaceAnOldConnectionWhileItServes() {
        // Given
        Peer slow = ask(GET);
        Http2Peer old = accept();
        Http2Peer.Request request = old.request(0);
        old.head(request, false, 200);
        for (int i = 0; i < 130; i++) {
            old.body(request, false, "more");
            proxy.advance(Duration.ofSeconds(5));
        }

        // When
        Peer another = ask(GET);

        // Then
        old.answer(old.request(1), "ok");
        proxy.settle();
        assertThat(text(another)).startsWith("HTTP/1.1 200 ");
        Http2Peer next = accept();
        Peer third = ask(GET);
        next.answer(next.request(0), "ok");
        proxy.settle();
        assertThat(text(third)).startsWith("HTTP/1.1 200 ");
        assertThat(old.isOpen()).isTrue();
        old.body(request, true, "last");
        settleWith(old);
        assertThat(text(slow)).endsWith("4\r\nlast\r\n0\r\n\r\n");
        assertThat(old.isOpen()).isFalse();
    }

    @Test
    void shouldCloseAnIdleConnectionInOrder() {
        // Given
        Peer client = ask(GET);
        Http2Peer server = accept();
        server.answer(server.request(0), "ok");
        proxy.settle();
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");

        // When
        proxy.advance(Duration.ofSeconds(45));

        // Then
        server.read();
        assertThat(server.goAway).isNotNull();
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void shouldNotKeepAConnectionForAServerThatTakesNothing() {
        // Given
        Peer client = ask("POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
        Http2Peer server = accept();
        server.peer().stall();
        client.send(new byte[60_000]);
        proxy.settle();

        // When
        client.reset();
        proxy.advance(Duration.ofSeconds(45));

        // Then
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void shouldEndAConnectionThatIsFloodedWithFramesOfNoUse() {
        // Given
        Peer client = ask(GET);
        Http2Peer server = accept();
        server.request(0);

        // When
        for (int i = 0; i < 2100; i++) {
            server.raw("000008 06 00 00000000 0102030405060708");
        }
        proxy.settle();

        // Then
        assertThat(server.isOpen()).isFalse();
        assertThat(text(client)).startsWith("HTTP/1.1 502 ");
    }

    @Test
    void shouldRefuseAPush() {
        // Given
        ask(GET);
        Http2Peer server = accept();
        server.request(0);

        // When
        server.raw("000005 05 04 00000003 00000002 88");
        proxy.settle();

        // Then
        server.read();
        assertThat(server.isOpen()).isFalse();
    }

    private List<Peer> ask(int count) {
        return Stream.generate(() -> ask(GET)).limit(count).toList();
    }
}
