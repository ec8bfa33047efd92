package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.netty.handler.codec.http2.Http2Settings;
import io.offramp.proxy.testing.LogCapture;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A rule that throws: a 500, one line in the log, and nothing left. */
class RuleFailureTest {
    private static final String HEAD = " HTTP/1.1\r\nHost: a\r\n";

    @AutoClose
    private final LogCapture log = new LogCapture("io.offramp.proxy.exchange", Level.WARN);

    @ParameterizedTest
    @CsvSource({"/fails/at-once, AtOnce", "/fails/later, Later"})
    void shouldAnswerWith500BeforeAServerIsAsked(String path, String rule) {
        try (Handlers proxy = new Handlers(256)) {
            // Given
            Peer client = proxy.connect();

            // When
            client.send(Message.ascii("POST " + path + HEAD + "Content-Length: 9\r\n\r\n12345"));
            proxy.settle();

            // Then
            assertThat(text(client)).startsWith("HTTP/1.1 500 Internal Server Error\r\n");
            assertThat(proxy.offered()).isZero();
            assertOneLine(path, rule);
            assertThat(proxy.logged()).containsExactly(path);
            client.reset();
            proxy.settle();
            assertThat(proxy.heldBytes()).isZero();
        }
    }

    @Test
    void shouldAnswerWith500InPlaceOfAServersAnswer() {
        try (Handlers proxy = new Handlers(256)) {
            // Given
            Peer client = proxy.connect();
            client.send(Message.ascii("GET /fails/answer" + HEAD + "\r\n"));
            proxy.settle();
            Peer server = proxy.accept();
            proxy.settle();

            // When
            server.send(Message.ascii("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nsome of it"));
            proxy.settle();

            // Then
            assertThat(text(client)).startsWith("HTTP/1.1 500 ").doesNotContain("some of it");
            assertOneLine("/fails/answer", "Answer");
            assertThat(proxy.heldBytes()).isZero();
        }
    }

    @Test
    void shouldStillAnswerIfARuleFailsAtTheEnd() {
        try (Handlers proxy = new Handlers(256)) {
            // Given
            Peer client = proxy.connect();
            client.send(Message.ascii("GET /fails/end" + HEAD + "\r\n"));
            proxy.settle();
            Peer server = proxy.accept();
            proxy.settle();

            // When
            server.send(Message.ascii("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
            proxy.settle();

            // Then
            assertThat(text(client)).startsWith("HTTP/1.1 200 OK\r\n").endsWith("ok");
            assertOneLine("/fails/end", "End");
            assertThat(proxy.logged()).containsExactly("/fails/end");
        }
    }

    @Test
    void shouldAnswerWith500OverHttp2AndGoOn() {
        try (Handlers proxy = Handlers.http2Pair(16 << 10)) {
            // Given
            Http2ClientPeer client = new Http2ClientPeer(proxy.connect());
            Http2ClientPeer.Call failed = client.askFor("/fails/later", true, "GET");
            Http2ClientPeer.Call answer = client.askFor("/fails/answer", true, "GET");
            proxy.settle();
            Http2Peer server = new Http2Peer(proxy.accept(), Http2Settings.defaultSettings());
            proxy.settle();
            server.read();

            // When
            server.head(server.request(0), true, 200);
            proxy.settle();
            client.read();

            // Then
            assertThat(Objects.requireNonNull(failed.head).status()).hasToString("500");
            assertThat(Objects.requireNonNull(answer.head).status()).hasToString("500");
            assertThat(log.events()).extracting(ILoggingEvent::getLevel).containsOnly(Level.ERROR);
            assertThat(log.events()).hasSize(2);
        }
    }

    private void assertOneLine(String route, String rule) {
        assertThat(log.events()).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.ERROR);
            assertThat(line.getFormattedMessage()).isEqualTo("route " + route + ": rule " + rule + " failed");
            assertThat(line.getThrowableProxy().getMessage()).isEqualTo("a fault of ours");
        });
    }

    private static String text(Peer peer) {
        return new String(peer.take(), StandardCharsets.ISO_8859_1);
    }
}
