package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a server of HTTP/2 may take for an attack: many resets, and PINGs without an answer in between. */
class Http2ServerPeaceTest extends Http2ServerFlow {
    private static final String UPLOAD = "POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";

    Http2ServerPeaceTest() {
        super(settings -> settings);
    }

    private void takeBackOne() {
        ask(GET).reset();
        proxy.settle();
    }

    private static long resets(Http2Peer server) {
        return server.requests().stream().filter(each -> each.reset != null).count();
    }

    @Test
    void shouldReplaceAConnectionOnWhichManyRequestsWereTakenBack() {
        // Given
        Peer neighbour = ask(GET);
        Http2Peer first = accept();
        for (int i = 0; i < 51; i++) {
            takeBackOne();
        }

        // When
        Http2Peer second = accept();
        takeBackOne();

        // Then
        assertThat(resets(first)).isEqualTo(51);
        assertThat(resets(second)).isEqualTo(1);
        first.answer(first.request(0), "ok");
        settleWith(first);
        assertThat(text(neighbour)).startsWith("HTTP/1.1 200 ");
        assertThat(first.isOpen()).isFalse();
    }

    @Test
    void shouldTakeNoMoreThanAHundredRequestsBackOnOneConnection() {
        // Given a server that accepts no second connection for a while
        Peer neighbour = ask(GET);
        Http2Peer first = accept();
        for (int i = 0; i < 100; i++) {
            takeBackOne();
        }

        // When
        takeBackOne();
        Peer next = ask(GET);

        // Then
        assertThat(resets(first)).isEqualTo(100);
        assertThat(first.requests()).hasSize(101);
        Http2Peer second = accept();
        second.answer(second.request(0), "ok");
        proxy.settle();
        assertThat(text(next)).startsWith("HTTP/1.1 200 ");
        first.answer(first.request(0), "ok");
        proxy.settle();
        assertThat(text(neighbour)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldKeepAConnectionOnWhichRequestsAreTakenBackSlowly() {
        ask(GET);
        Http2Peer server = accept();
        server.answer(server.request(0), "ok");
        for (int i = 0; i < 150; i++) {
            takeBackOne();
            if (i % 45 == 44) {
                letTimePass(server);
            }
        }
        assertThat(proxy.offered()).isZero();
        assertThat(resets(server)).isEqualTo(150);
    }

    private void letTimePass(Http2Peer server) {
        for (int i = 0; i < 4; i++) {
            proxy.advance(Duration.ofSeconds(8));
            ask(GET);
            server.answer(server.requests().getLast(), "ok");
            proxy.settle();
        }
    }

    @Test
    void shouldAskASilentServerWhetherItIsThere() {
        // Given
        Peer client = ask(GET);
        Http2Peer server = accept();
        server.answer(server.request(0), "ok");
        proxy.settle();
        text(client);
        assertThat(server.pings).isEmpty();
        proxy.advance(Duration.ofSeconds(12));

        // When
        send(client, GET);
        server.read();

        // Then
        assertThat(server.pings).hasSize(1);
        server.pong();
        proxy.advance(Duration.ofSeconds(7));
        server.answer(server.request(1), "ok");
        proxy.settle();
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldEndAConnectionWhoseServerDoesNotAnswer() {
        // Given
        Peer client = ask(GET);
        Http2Peer server = accept();
        server.answer(server.request(0), "ok");
        proxy.settle();
        text(client);
        proxy.advance(Duration.ofSeconds(12));
        send(client, GET);

        // When
        proxy.advance(Duration.ofSeconds(6));

        // Then
        assertThat(server.isOpen()).isFalse();
        Http2Peer next = accept();
        next.answer(next.request(0), "ok");
        proxy.settle();
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldAskAServerThatAnswersNothingOnceInFiveMinutes() {
        // Given
        List<Peer> uploads = new ArrayList<>(List.of(ask(UPLOAD)));
        Http2Peer server = accept();
        int pings = 0;

        // When
        for (int i = 0; i < 3; i++) {
            uploadForAWhile(uploads);
            uploads.add(ask(UPLOAD));
            server.read();
            pings += server.pings.size();
            server.pong();
            proxy.settle();
        }

        // Then
        assertThat(server.requests()).hasSize(4);
        assertThat(pings).isEqualTo(1);

        // And: behind an answer it may be asked again
        server.head(server.request(0), false, 200);
        uploadForAWhile(uploads);
        ask(UPLOAD);
        server.read();
        assertThat(server.pings).hasSize(1);
    }

    private void uploadForAWhile(List<Peer> clients) {
        for (int i = 0; i < 6; i++) {
            clients.forEach(each -> each.send(new byte[1000]));
            proxy.advance(Duration.ofSeconds(2));
        }
    }

    @Test
    void shouldLeaveAConnectionThatIsSilentAndMayNotBeAskedAgain() {
        // Given a server that has answered a PING, but no request since
        Peer first = ask(GET);
        Http2Peer silent = accept();
        silent.answer(silent.request(0), "ok");
        proxy.advance(Duration.ofSeconds(11));
        assertThat(text(first)).startsWith("HTTP/1.1 200 ");
        Peer late = ask(GET);
        silent.read();
        silent.pong();

        // When
        proxy.advance(Duration.ofSeconds(11));

        // Then
        assertThat(text(late)).startsWith("HTTP/1.1 504 ");
        Peer next = ask(GET);
        Http2Peer server = accept();
        server.answer(server.request(0), "ok");
        proxy.settle();
        assertThat(text(next)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldForgetRequestsThatWereTakenBackLongAgo() {
        // Given
        ask(GET);
        Http2Peer server = accept();
        Http2Peer.Request slow = server.request(0);
        server.head(slow, false, 200);
        for (int i = 0; i < 50; i++) {
            takeBackOne();
        }

        // When
        for (int i = 0; i < 7; i++) {
            server.body(slow, false, "more");
            proxy.advance(Duration.ofSeconds(5));
        }
        ask(GET);

        // Then
        assertThat(proxy.offered()).isZero();
        assertThat(server.requests()).hasSize(52);
    }
}
