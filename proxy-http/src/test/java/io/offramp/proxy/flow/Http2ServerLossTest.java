package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that a server refuses, or that it loses with their connection. */
class Http2ServerLossTest extends Http2ServerFlow {
    private static final String EMPTY_POST = "POST /app/b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";

    Http2ServerLossTest() {
        super(settings -> settings);
    }

    @Test
    void shouldReadAnAnswerBehindAFailedWrite() {
        // Given
        Peer client = ask("POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
        Http2Peer server = accept();
        Http2Peer.Request request = server.request(0);
        server.peer().refuseBytes();
        send(client, "c");

        // When
        server.answer(request, "ok");
        server.raw("000008 07 00 00000000 00000001 00000000");
        server.peer().endOutput();
        proxy.settle();

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void shouldSendARequestAgainThatIsBehindTheGoAwayOfAServerThatTakesNoMore() {
        // Given
        Peer first = ask(GET);
        Http2Peer server = accept();
        server.request(0);
        server.peer().refuseBytes();
        Peer second = ask(EMPTY_POST);

        // When
        server.answer(server.request(0), "ok");
        server.raw("000008 07 00 00000000 00000001 00000000");
        server.peer().endOutput();
        proxy.settle();

        // Then
        Http2Peer next = accept();
        next.answer(next.request(0), "ok");
        proxy.settle();
        assertThat(text(first)).startsWith("HTTP/1.1 200 ");
        assertThat(text(second)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldAnswer502ToARefusedRequestWhoseEmptyBodyHasEnded() {
        // Given
        Peer client = ask("POST /app/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        Http2Peer server = accept();
        assertThat(server.request(0).ended).isTrue();

        // When
        server.reset(server.request(0), Http2Error.REFUSED_STREAM);
        settleWith(server);

        // Then
        assertThat(server.requests()).hasSize(1);
        assertThat(text(client)).startsWith("HTTP/1.1 502 ");
    }

    @Test
    void shouldWaitBeforeTheSecondAndTheThirdTryOfARefusedRequest() {
        // Given
        ask(GET);
        Http2Peer server = accept();

        // When
        server.reset(server.request(0), Http2Error.REFUSED_STREAM);
        settleWith(server);
        server.reset(server.request(1), Http2Error.REFUSED_STREAM);
        settleWith(server);

        // Then
        assertThat(server.requests()).hasSize(2);
        proxy.advance(Duration.ofMillis(100));
        server.reset(server.request(2), Http2Error.REFUSED_STREAM);
        proxy.advance(Duration.ofMillis(190));
        assertThat(server.requests()).hasSize(3);
        proxy.advance(Duration.ofMillis(210));
        assertThat(server.requests()).hasSize(4);
    }

    @Test
    void shouldNotTryAgainForAClientThatHasLeft() {
        // Given
        Peer client = ask(GET);
        Http2Peer server = accept();
        server.reset(server.request(0), Http2Error.REFUSED_STREAM);
        settleWith(server);
        server.reset(server.request(1), Http2Error.REFUSED_STREAM);
        settleWith(server);

        // When
        client.reset();
        proxy.advance(Duration.ofSeconds(1));

        // Then
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void shouldTakeAnInvalidAnswerForOneAndNotAskAgain() {
        // Given a request that may be sent again
        Peer warm = ask(GET);
        Http2Peer server = accept();
        server.answer(server.request(0), "ok");
        proxy.settle();
        Peer client = ask(GET);

        // When
        server.head(server.request(1), true, 200, "X-Y", "z");
        settleWith(server);

        // Then
        assertThat(server.requests()).hasSize(2);
        assertThat(text(warm)).startsWith("HTTP/1.1 200 ");
        assertThat(text(client)).startsWith("HTTP/1.1 502 ");
    }

    @Test
    void shouldSendARequestAgainThatWasRefusedAndThenLost() {
        // Given
        Peer warm = ask(GET);
        Http2Peer server = accept();
        server.answer(server.request(0), "ok");
        proxy.settle();
        Peer client = ask(GET);
        server.reset(server.request(1), Http2Error.REFUSED_STREAM);
        settleWith(server);
        server.request(2);

        // When
        server.peer().reset();
        proxy.settle();

        // Then
        Http2Peer next = accept();
        next.answer(next.request(0), "ok");
        proxy.settle();
        assertThat(text(warm)).startsWith("HTTP/1.1 200 ");
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldNotAskAgainWhereTheServerHasResetARequestOnPurpose() {
        // Given a request that may be sent again
        Peer warm = ask(GET);
        Http2Peer server = accept();
        server.answer(server.request(0), "ok");
        proxy.settle();
        Peer client = ask(GET);

        // When
        server.reset(server.request(1), Http2Error.INTERNAL_ERROR);
        settleWith(server);

        // Then
        assertThat(server.requests()).hasSize(2);
        assertThat(text(warm)).startsWith("HTTP/1.1 200 ");
        assertThat(text(client)).startsWith("HTTP/1.1 502 ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldPassAWholeAnswerWhoseRequestTheServerDoesNotTake(boolean closing) {
        // Given a body that waits for credit of the connection, and an answer that waits for its client
        Peer neighbour = ask("POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");
        Http2Peer server = accept();
        neighbour.send(new byte[60_000]);
        settleWith(server);
        Peer client = ask("POST /app/b HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n");
        client.stall();
        client.send(new byte[20_000]);
        settleWith(server);
        Http2Peer.Request request = server.request(1);
        server.head(request, false, 200, "content-length", "200000");
        server.body(request, true, "x".repeat(200_000));
        proxy.settle();

        // When
        if (closing) {
            server.peer().reset();
        } else {
            server.reset(request, Http2Error.NO_ERROR);
        }
        proxy.settle();
        client.resume();
        proxy.settle();

        // Then
        assertThat(request.body.size()).isLessThan(20_000);
        assertThat(text(client)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n" + "x".repeat(200_000));
    }

    @Test
    void shouldOpenAConnectionForRequestsThatWaitedForOneThatGoesAway() {
        // Given
        Peer first = ask(GET);
        Peer second = ask(GET);
        Http2Peer server = letOneWait();

        // When
        server.raw("000008 07 00 00000000 00000003 00000000");
        proxy.settle();

        // Then
        answerBoth(server, first, second);
    }

    @Test
    void shouldOpenAConnectionForRequestsThatWaitedForOneOfRetiredUpstreams() {
        // Given
        Peer first = ask(GET);
        Peer second = ask(GET);
        Http2Peer server = letOneWait();

        // When
        proxy.retire();

        // Then
        answerBoth(server, first, second);
    }

    /** A server with one stream, and a second connection that fails. */
    private Http2Peer letOneWait() {
        Http2Peer server = accept(new Http2Settings().maxConcurrentStreams(1));
        proxy.refuse();
        proxy.settle();
        assertThat(proxy.offered()).isZero();
        return server;
    }

    private void answerBoth(Http2Peer server, Peer first, Peer second) {
        Http2Peer next = accept();
        next.answer(next.request(0), "ok");
        server.answer(server.request(0), "ok");
        proxy.settle();
        assertThat(text(first)).startsWith("HTTP/1.1 200 ");
        assertThat(text(second)).startsWith("HTTP/1.1 200 ");
    }
}
