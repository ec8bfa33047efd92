package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets of HTTP/1.1 clients on streams to a server (RFC 8441). */
class Http2TunnelTest extends Http2ServerFlow {
    private static final String UPGRADE = "GET /app/chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    private static final Http2Settings WITH_CONNECT =
            Http2Settings.defaultSettings().connectProtocolEnabled(true);

    Http2TunnelTest() {
        super(settings -> settings);
    }

    @Test
    void shouldMakeAWebSocketOfAnExtendedConnect() {
        // Given
        Peer client = ask(UPGRADE);
        Http2Peer server = accept(WITH_CONNECT);
        Http2Peer.Request request = server.request(0);

        // When
        server.head(request, false, 200, "sec-websocket-protocol", "chat");
        proxy.settle();
        String answer = text(client);
        send(client, "hello");
        server.read();
        server.body(request, false, "you");
        proxy.settle();

        // Then
        assertThat(request.head.method()).hasToString("CONNECT");
        assertThat(request.head.get(":protocol")).hasToString("websocket");
        assertThat(request.path()).isEqualTo("/app/chat");
        assertThat(request.head.get("sec-websocket-version")).hasToString("13");
        assertThat(request.head.contains("sec-websocket-key")).isFalse();
        assertThat(answer)
                .startsWith("HTTP/1.1 101 ")
                .containsIgnoringCase("upgrade: websocket\r\n")
                .contains("Connection: Upgrade\r\n", "sec-websocket-protocol: chat\r\n")
                .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                .endsWith("\r\n\r\n");
        assertThat(request.body.toString()).isEqualTo("hello");
        assertThat(text(client)).isEqualTo("you");
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket, chat", "chat, WebSocket"})
    void shouldAskForTheWebSocketOfSeveralProtocols(String offer) {
        // Given
        Peer client = ask(UPGRADE.replace("Upgrade: websocket", "Upgrade: " + offer));
        Http2Peer server = accept(WITH_CONNECT);

        // When
        server.head(server.request(0), false, 200);
        proxy.settle();

        // Then
        assertThat(server.request(0).head.get(":protocol").toString()).isEqualToIgnoringCase("websocket");
        assertThat(text(client)).startsWith("HTTP/1.1 101 ").containsIgnoringCase("\r\nupgrade: websocket\r\n");
    }

    @Test
    void shouldEndEachDirectionOfATunnelOnItsOwn() {
        // Given
        Peer client = ask(UPGRADE);
        Http2Peer server = accept(WITH_CONNECT);
        Http2Peer.Request request = server.request(0);
        server.head(request, false, 200);
        proxy.settle();
        text(client);

        // When
        client.send(Message.ascii("last"));
        client.endOutput();
        proxy.settle();
        server.read();
        boolean ended = request.ended;
        server.body(request, true, "bye");
        settleWith(server);

        // Then
        assertThat(ended).isTrue();
        assertThat(request.body.toString()).isEqualTo("last");
        assertThat(request.reset).isNull();
        assertThat(text(client)).isEqualTo("bye");
        assertThat(client.hasEnded()).isTrue();
        assertThat(server.isOpen()).isTrue();
    }

    @Test
    void shouldCancelTheStreamOfATunnelWhoseClientIsGone() {
        // Given
        Peer client = ask(UPGRADE);
        Http2Peer server = accept(WITH_CONNECT);
        server.head(server.request(0), false, 200);
        proxy.settle();

        // When
        client.reset();
        settleWith(server);

        // Then
        assertThat(server.request(0).reset).isEqualTo(Http2Error.CANCEL);
        assertThat(server.isOpen()).isTrue();
    }

    @Test
    void shouldResetAClientWhoseTunnelTheServerResets() {
        // Given
        Peer client = ask(UPGRADE);
        Http2Peer server = accept(WITH_CONNECT);
        server.head(server.request(0), false, 200);
        proxy.settle();

        // When
        server.body(server.request(0), false, "cut");
        server.reset(server.request(0), Http2Error.CANCEL);
        settleWith(server);

        // Then
        assertThat(text(client)).endsWith("cut");
        assertThat(client.hasEnded()).isFalse();
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void shouldTakeNoMoreFromATunnelThanTheServerTakes() {
        // Given
        Peer client = ask(UPGRADE);
        Http2Peer server = accept(WITH_CONNECT);
        Http2Peer.Request request = server.request(0);
        server.head(request, false, 200);
        proxy.settle();

        // When
        for (int i = 0; i < 200; i++) {
            client.send(new byte[1000]);
        }
        settleWith(server);

        // Then
        assertThat(request.body.size()).isEqualTo(65_535);
        assertThat(proxy.heldBytes()).isLessThan(16 << 10);
        for (int i = 0; i < 10; i++) {
            server.take(request);
            settleWith(server);
        }
        assertThat(request.body.size()).isEqualTo(200_000);
    }

    @Test
    void shouldAnswer502WhereTheServerTakesNoExtendedConnect() {
        // Given
        Peer client = ask(UPGRADE);

        // When
        Http2Peer server = accept();
        proxy.settle();

        // Then
        assertThat(server.requests()).isEmpty();
        assertThat(text(client)).startsWith("HTTP/1.1 502 ");
        Peer next = ask(GET);
        server.answer(server.request(0), "ok");
        proxy.settle();
        assertThat(text(next)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldPassTheAnswerOfAServerThatRefusesATunnel() {
        // Given
        Peer client = ask(UPGRADE);
        Http2Peer server = accept(WITH_CONNECT);

        // When
        server.head(server.request(0), false, 403, "content-length", "2");
        server.body(server.request(0), true, "no");
        settleWith(server);

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 403 ").endsWith("\r\n\r\nno");
        assertThat(server.request(0).reset).isEqualTo(Http2Error.CANCEL);
    }

    @Test
    void shouldEndATunnelThatIsIdle() {
        // Given
        Peer client = ask(UPGRADE);
        Http2Peer server = accept(WITH_CONNECT);
        server.head(server.request(0), false, 200);
        proxy.settle();

        // When
        proxy.advance(Duration.ofSeconds(16));

        // Then
        assertThat(client.isOpen()).isFalse();
        server.read();
        assertThat(server.request(0).reset).isEqualTo(Http2Error.CANCEL);
    }
}
