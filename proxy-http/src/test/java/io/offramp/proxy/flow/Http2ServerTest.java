package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Exchanges of HTTP/1.1 clients with a server that speaks HTTP/2: messages, and how they end. */
class Http2ServerTest extends Http2ServerFlow {
    Http2ServerTest() {
        super(settings -> settings);
    }

    @Test
    void shouldSendARequestAndPassItsAnswer() {
        // Given
        Peer client = ask("POST /app/a?b=c HTTP/1.1\r\nHost: a.example\r\nX-One: 1\r\nConnection: X-Hop\r\nX-Hop: 2\r\n"
                + "Cookie: d=e\r\nContent-Length: 4\r\n\r\nabcd");
        Http2Peer server = accept();
        Http2Peer.Request request = server.request(0);

        // When
        server.head(request, false, 201, "x-two", "2", "content-length", "2");
        server.body(request, true, "ok");
        proxy.settle();

        // Then
        assertThat(request.head.method()).hasToString("POST");
        assertThat(request.path()).isEqualTo("/app/a?b=c");
        assertThat(request.head.authority()).hasToString("a.example");
        assertThat(request.head.get("x-one")).hasToString("1");
        assertThat(request.head.get("cookie")).hasToString("d=e");
        assertThat(request.head.get("content-length")).hasToString("4");
        assertThat(request.head.contains("x-hop")).isFalse();
        assertThat(request.head.contains("host")).isFalse();
        assertThat(request.body.toString()).isEqualTo("abcd");
        assertThat(request.ended).isTrue();
        assertThat(text(client))
                .startsWith("HTTP/1.1 201 ")
                .contains("x-two: 2\r\n", "Content-Length: 2\r\n")
                .endsWith("\r\n\r\nok");
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void shouldPassTrailersBothWays() {
        // Given
        Peer client = ask("POST /app/a HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n0\r\nX-Sum: 6\r\n\r\n");
        Http2Peer server = accept();
        Http2Peer.Request request = server.request(0);

        // When
        server.head(request, false, 200);
        server.body(request, false, "ok");
        server.trailers(request, "x-end", "yes");
        proxy.settle();

        // Then
        assertThat(request.head.get("te")).hasToString("trailers");
        assertThat(request.trailers).isNotNull();
        assertThat(request.trailers.get("x-sum")).hasToString("6");
        assertThat(text(client)).endsWith("\r\n2\r\nok\r\n0\r\nx-end: yes\r\n\r\n");
    }

    @Test
    void shouldPassInterimHeadsInFrontOfTheAnswer() {
        // Given
        Peer client = ask("POST /app/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        Http2Peer server = accept();
        Http2Peer.Request request = server.request(0);

        // When
        server.head(request, false, 103, "link", "</a.css>");
        server.head(request, false, 100);
        proxy.settle();
        String interim = text(client);
        send(client, "hi");
        server.read();
        server.answer(request, "ok");
        proxy.settle();

        // Then
        assertThat(interim)
                .startsWith("HTTP/1.1 103 ")
                .contains("link: </a.css>")
                .contains("HTTP/1.1 100 ");
        assertThat(request.body.toString()).isEqualTo("hi");
        assertThat(text(client)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldTakeAnswersWithoutABody() {
        // Given
        Peer client = ask("HEAD /app/a HTTP/1.1\r\nHost: a\r\n\r\n" + GET + GET);
        Http2Peer server = accept();

        // When
        server.head(server.request(0), true, 200, "content-length", "1000");
        proxy.settle();
        String toHead = text(client);
        server.head(server.request(1), true, 304, "content-length", "1000");
        proxy.settle();
        String unchanged = text(client);
        server.head(server.request(2), true, 204);
        proxy.settle();

        // Then
        assertThat(toHead).startsWith("HTTP/1.1 200 ").contains("Content-Length: 1000\r\n");
        assertThat(unchanged).startsWith("HTTP/1.1 304 ").endsWith("\r\n\r\n");
        assertThat(text(client)).startsWith("HTTP/1.1 204 ").endsWith("\r\n\r\n");
    }

    @Test
    void shouldCutAnAnswerThatIsShorterThanItsLength() {
        // Given
        Peer client = ask(GET);
        Http2Peer server = accept();
        Http2Peer.Request request = server.request(0);

        // When
        server.head(request, false, 200, "content-length", "5");
        server.body(request, false, "abc");
        proxy.settle();
        server.body(request, true, "");
        proxy.settle();

        // Then
        assertThat(text(client)).endsWith("\r\n\r\nabc");
        assertThat(client.isOpen()).isFalse();
        assertThat(proxy.logged()).containsExactly("/app/a");
    }

    @Test
    void shouldResetTheStreamOfAMalformedAnswerAndNoOther() {
        // Given
        Peer first = ask(GET);
        Http2Peer server = accept();
        Peer second = ask(GET);
        server.request(1);

        // When
        server.head(server.request(0), false, 200, "x", "a\rb");
        server.body(server.request(0), false, "late");
        proxy.settle();
        server.read();
        server.answer(server.request(1), "ok");
        proxy.settle();

        // Then
        assertThat(text(first)).startsWith("HTTP/1.1 502 ");
        assertThat(text(second)).startsWith("HTTP/1.1 200 ");
        assertThat(server.request(0).reset).isEqualTo(Http2Error.PROTOCOL_ERROR);
        assertThat(server.isOpen()).isTrue();
    }

    @Test
    void shouldTakeAnEarlyAnswerWholeThoughTheServerResetsTheRequest() {
        // Given
        Peer client = ask("POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc");
        Http2Peer server = accept();
        Http2Peer.Request request = server.request(0);

        // When
        server.answer(request, "enough");
        server.reset(request, Http2Error.NO_ERROR);
        proxy.settle();

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 200 ").contains("enough");
        assertThat(server.isOpen()).isTrue();
    }

    @Test
    void shouldCancelTheStreamOfAClientThatLeaves() {
        // Given
        Peer client = ask(GET);
        Http2Peer server = accept();
        server.request(0);

        // When
        client.reset();
        proxy.settle();

        // Then
        server.read();
        assertThat(server.request(0).reset).isEqualTo(Http2Error.CANCEL);
        assertThat(server.isOpen()).isTrue();
        Peer next = ask(GET);
        server.answer(server.request(1), "ok");
        proxy.settle();
        assertThat(text(next)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldCutAnAnswerThatTheServerResets() {
        // Given
        Peer client = ask(GET);
        Http2Peer server = accept();
        server.head(server.request(0), false, 200);
        server.body(server.request(0), false, "abc");
        proxy.settle();

        // When
        server.reset(server.request(0), Http2Error.INTERNAL_ERROR);
        proxy.settle();

        // Then
        assertThat(text(client)).endsWith("abc\r\n");
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void shouldHoldBackAnAnswerForAClientThatDoesNotReadAndNoOther() {
        // Given
        Peer stalled = ask(GET);
        Http2Peer server = accept();
        stalled.stall();
        byte[] body = new byte[300 << 10];
        server.head(server.request(0), false, 200, "content-length", Integer.toString(body.length));

        // When
        server.body(server.request(0), true, body);
        proxy.settle();
        Peer other = ask(GET);
        byte[] large = new byte[200 << 10];
        server.head(server.request(1), false, 200, "content-length", Integer.toString(large.length));
        server.body(server.request(1), true, large);
        settleWith(server);

        // Then
        assertThat(other.take()).hasSizeGreaterThan(large.length);
        stalled.resume();
        settleWith(server);
        assertThat(stalled.take()).hasSizeGreaterThan(body.length);
    }

    @Test
    void shouldTakeNoMoreOfABodyThanTheServerTakes() {
        // Given
        Peer client = ask("POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
        Http2Peer server = accept();
        Http2Peer.Request request = server.request(0);

        // When
        for (int i = 0; i < 1000; i++) {
            client.send(new byte[1000]);
        }
        proxy.settle();
        server.read();
        int first = request.body.size();

        // Then
        assertThat(first).isEqualTo(65_535);
        assertThat(proxy.heldBytes()).isLessThan(32 << 10);
        while (request.body.size() < 1_000_000) {
            int before = request.body.size();
            server.take(request);
            proxy.settle();
            server.read();
            assertThat(request.body.size()).isGreaterThan(before);
        }
        assertThat(request.ended).isTrue();
    }

    @Test
    void shouldAnswer502WhereTheServerDoesNotSpeakHttp2() {
        // Given
        Peer client = ask(GET);
        Peer server = proxy.accept();
        proxy.settle();

        // When
        server.send(Message.ascii("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
        proxy.settle();

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 502 ");
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void shouldAnswer504WhereTheServerSaysNothingInTime() {
        // Given
        Peer first = ask(GET);
        Peer server = proxy.accept();
        proxy.advance(Duration.ofSeconds(1));
        Peer second = ask(GET);

        // When
        proxy.advance(Duration.ofMillis(1500));

        // Then
        assertThat(server.isOpen()).isFalse();
        assertThat(text(first)).startsWith("HTTP/1.1 504 ");
        assertThat(text(second)).startsWith("HTTP/1.1 504 ");
    }
}
