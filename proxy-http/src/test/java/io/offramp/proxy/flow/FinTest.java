package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.exchange.HttpSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a request whose client sends no more: behind close_notify alone, and behind a FIN. */
class FinTest {
    private static final HttpSettings NO_ABORT =
            ModelSettings.HTTP.toBuilder().upgrades(List.of()).abortOnFin(false).build();

    private static final String GET = "GET /app/a HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final int READ_BYTES = 256;

    @Test
    void shouldCallOffARequestWhoseClientLeavesBeforeItsAnswerBegins() {
        try (Handlers proxy = new Handlers(READ_BYTES)) {
            // Given
            Peer client = ask(proxy, GET);
            Peer server = accept(proxy);
            send(proxy, server, "HTTP/1.1 103 Early Hints\r\n\r\n");

            // When
            client.leave();
            proxy.settle();

            // Then
            assertThat(server.isOpen()).isFalse();
            assertThat(client.isOpen()).isFalse();
            assertThat(proxy.logged()).containsExactly("/app/a");
            assertThat(proxy.heldBytes()).isZero();
        }
    }

    @Test
    void shouldCallOffARequestThatStillConnectsOrWaitsForATurn() {
        try (Handlers proxy = Handlers.bounded(READ_BYTES, 1, 1)) {
            Peer connecting = ask(proxy, GET);
            Peer waiting = ask(proxy, GET);

            waiting.leave();
            connecting.leave();
            proxy.settle();

            assertThat(proxy.offered()).isZero();
            assertThat(proxy.isQuiet()).isTrue();
            assertThat(proxy.logged()).hasSize(2);
        }
    }

    @Test
    void shouldAnswerAClientThatEndsItsStreamAndReadsOn() {
        try (Handlers proxy = new Handlers(READ_BYTES)) {
            Peer client = ask(proxy, GET + GET);
            Peer server = accept(proxy);

            client.endOutput();
            proxy.settle();
            send(proxy, server, OK);
            send(proxy, server, OK);

            assertThat(text(client)).containsSubsequence("200 OK", "\r\n\r\nok", "200 OK", "\r\n\r\nok");
            assertThat(client.hasEnded()).isTrue();
        }
    }

    @Test
    void shouldEndAnAnswerThatHasBegunBehindAFin() {
        try (Handlers proxy = new Handlers(READ_BYTES)) {
            Peer client = ask(proxy, GET);
            Peer server = accept(proxy);
            send(proxy, server, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");

            client.leave();
            proxy.settle();
            send(proxy, server, "cd");

            assertThat(text(client)).endsWith("\r\n\r\nabcd");
            assertThat(client.hasEnded()).isTrue();
        }
    }

    @Test
    void shouldAnswerBehindAFinWhereThatIsConfigured() {
        try (Handlers proxy = new Handlers(READ_BYTES, NO_ABORT)) {
            Peer client = ask(proxy, GET);
            Peer server = accept(proxy);

            client.leave();
            proxy.settle();
            send(proxy, server, OK);

            assertThat(text(client)).endsWith("\r\n\r\nok");
        }
    }

    private static Peer ask(Handlers proxy, String requests) {
        Peer client = proxy.connect();
        send(proxy, client, requests);
        return client;
    }

    private static Peer accept(Handlers proxy) {
        Peer server = proxy.accept();
        proxy.settle();
        server.take();
        return server;
    }

    private static void send(Handlers proxy, Peer peer, String text) {
        peer.send(text.getBytes(StandardCharsets.ISO_8859_1));
        proxy.settle();
    }

    private static String text(Peer peer) {
        return new String(peer.take(), StandardCharsets.ISO_8859_1);
    }
}
