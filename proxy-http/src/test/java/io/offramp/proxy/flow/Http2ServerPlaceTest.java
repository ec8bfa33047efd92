package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A server of HTTP/2 to which there may be one connection. */
class Http2ServerPlaceTest extends Http2ServerFlow {
    Http2ServerPlaceTest() {
        super(settings -> settings.connections(1));
    }

    @Test
    void shouldReplaceAConnectionWhoseIdleTimeIsOver() {
        // Given
        Peer first = ask(GET);
        Http2Peer old = accept();
        proxy.advance(Duration.ofSeconds(5));
        old.answer(old.request(0), "ok");
        proxy.settle();
        assertThat(text(first)).startsWith("HTTP/1.1 200 ");
        proxy.advance(Duration.ofSeconds(21));
        assertThat(old.isOpen()).isTrue();

        // When
        Peer second = ask(GET);

        // Then
        assertThat(old.isOpen()).isFalse();
        Http2Peer server = accept();
        server.answer(server.request(0), "ok");
        proxy.settle();
        assertThat(text(second)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldServeOnWhereManyRequestsWereTakenBack() {
        // Given
        Peer neighbour = ask(GET);
        Http2Peer server = accept();
        for (int i = 0; i < 150; i++) {
            ask(GET).reset();
            proxy.settle();
        }

        // When
        Peer next = ask(GET);

        // Then
        server.answer(server.requests().getLast(), "ok");
        proxy.settle();
        assertThat(text(next)).startsWith("HTTP/1.1 200 ");
        server.answer(server.request(0), "ok");
        proxy.settle();
        assertThat(text(neighbour)).startsWith("HTTP/1.1 200 ");
    }
}
