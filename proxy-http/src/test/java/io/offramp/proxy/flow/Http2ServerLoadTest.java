package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Settings;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the proxy holds, counts and opens for one server of HTTP/2. */
class Http2ServerLoadTest extends Http2ServerFlow {
    private static final int PIECE_BYTES = 16 << 10;
    private static final Http2Settings NO_STREAM = new Http2Settings().maxConcurrentStreams(0);

    /** Three streams at once. */
    Http2ServerLoadTest() {
        super(PIECE_BYTES, settings -> settings.streams(3));
    }

    @Test
    void shouldHoldLittleMoreThanTheBytesOfAnAnswerInSmallPieces() {
        // Given
        Peer client = ask(GET);
        Http2Peer server = accept();
        client.stall();
        server.head(server.request(0), false, 200, "content-length", "40000");

        // When
        for (int i = 0; i < 40_000; i++) {
            server.raw("000001 00 00 00000003 61");
        }
        proxy.settle();

        // Then
        assertThat(proxy.heldBytes()).isLessThan(100_000);
        client.resume();
        settleWith(server);
        assertThat(text(client)).endsWith("\r\n\r\n" + "a".repeat(40_000));
    }

    @Test
    void shouldOpenOneConnectionToAServerThatAllowsNoStream() {
        // Given
        Peer client = ask(GET);

        // When
        Http2Peer server = accept(NO_STREAM);

        // Then
        assertThat(proxy.offered()).isZero();
        assertThat(server.isOpen()).isFalse();
        assertThat(text(client)).startsWith("HTTP/1.1 503 ");
    }

    @Test
    void shouldServeOnAnotherConnectionWhatOneWithoutStreamsCannot() {
        // Given
        List<Peer> clients = Stream.generate(() -> ask(GET)).limit(5).toList();
        assertThat(proxy.offered()).isEqualTo(2);

        // When
        acceptOne(NO_STREAM);

        // Then
        assertThat(proxy.offered()).isEqualTo(1);
        Http2Peer server = acceptOne(Http2Settings.defaultSettings());
        answerAll(server, 3);
        answerAll(server, 2);
        assertThat(clients).allMatch(each -> text(each).startsWith("HTTP/1.1 200 "));
    }

    @Test
    void shouldServeOnAnotherConnectionWhatOneThatFailsCannot() {
        // Given
        List<Peer> clients = Stream.generate(() -> ask(GET)).limit(5).toList();
        assertThat(proxy.offered()).isEqualTo(2);

        // When
        proxy.refuse();
        proxy.settle();

        // Then
        assertThat(proxy.offered()).isEqualTo(1);
        Http2Peer server = acceptOne(Http2Settings.defaultSettings());
        answerAll(server, 3);
        answerAll(server, 2);
        assertThat(clients).allMatch(each -> text(each).startsWith("HTTP/1.1 200 "));
    }

    @Test
    void shouldFailRequestsWhoseConnectionsAllFail() {
        // Given
        List<Peer> clients = Stream.generate(() -> ask(GET)).limit(5).toList();
        assertThat(proxy.offered()).isEqualTo(2);

        // When
        proxy.refuse();
        proxy.settle();
        proxy.refuse();
        proxy.settle();

        // Then
        assertThat(proxy.offered()).isZero();
        assertThat(clients).allMatch(each -> text(each).startsWith("HTTP/1.1 502 "));
    }

    private void answerAll(Http2Peer server, int requests) {
        assertThat(server.requests()).hasSize(requests);
        List.copyOf(server.requests()).forEach(each -> server.answer(each, "ok"));
        server.forget();
        settleWith(server);
    }

    @Test
    void shouldSendALargeBodyToAServerThatReturnsCreditInSmallParts() {
        // Given
        int pieces = 700;
        Peer client =
                ask("POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n".formatted(pieces * PIECE_BYTES));
        Http2Peer server = accept();
        Http2Peer.Request request = server.request(0);

        // When
        for (int i = 0; i < pieces; i++) {
            client.send(new byte[PIECE_BYTES]);
            proxy.settle();
            server.read();
            server.take(request);
            for (int part = 0; part < PIECE_BYTES; part += 4 << 10) {
                server.raw("000004 08 00 00000003 00000001 000004 08 00 00000000 00000001");
            }
        }
        settleWith(server);

        // Then
        assertThat(server.isOpen()).isTrue();
        assertThat(request.body.size()).isEqualTo(pieces * PIECE_BYTES);
        assertThat(request.ended).isTrue();
    }

    @Test
    void shouldKeepAConnectionWhoseStreamsAreAllTakenBackAtOnce() {
        // Given
        List<Peer> clients = Stream.generate(() -> ask(GET)).limit(3).toList();
        Http2Peer server = accept();
        assertThat(server.requests()).hasSize(3);

        // When
        clients.forEach(Peer::reset);
        settleWith(server);

        // Then
        assertThat(server.isOpen()).isTrue();
        Peer next = ask(GET);
        server.answer(server.request(3), "ok");
        proxy.settle();
        assertThat(text(next)).startsWith("HTTP/1.1 200 ");
    }
}
