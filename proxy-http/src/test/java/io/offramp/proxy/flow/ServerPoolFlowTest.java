package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to a server: their number, the requests that wait for one, the time for which one is kept. */
class ServerPoolFlowTest extends TextFlow {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** One connection, and one request that may wait for it. */
    ServerPoolFlowTest() {
        super(Handlers.bounded(256, 1, 1));
    }

    @Test
    void shouldAnswerAWaitingRequestByTheConnectionThatComesFree() {
        // Given
        Peer first = ask("/app/a");
        Peer server = accept();
        Peer second = ask("/app/b");
        assertThat(proxy.offered()).isZero();
        assertThat(text(server)).startsWith("GET /app/a ");

        // When
        send(server, OK);

        // Then
        assertThat(text(first)).startsWith("HTTP/1.1 200 ");
        assertThat(text(server)).startsWith("GET /app/b ");
        send(server, OK);
        assertThat(text(second)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldConnectForAWaitingRequestWhenTheConnectionBeforeCloses() {
        // Given
        ask("/app/a");
        Peer server = accept();
        Peer second = ask("/app/b");

        // When
        send(server, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");

        // Then
        Peer next = accept();
        assertThat(text(next)).startsWith("GET /app/b ");
        send(next, OK);
        assertThat(text(second)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldAnswer503WhenTooManyWait() {
        ask("/app/a");
        accept();
        ask("/app/b");

        Peer third = ask("/app/c");

        assertThat(text(third)).startsWith("HTTP/1.1 503 ");
    }

    @Test
    void shouldAnswer503WhenNoConnectionComesFreeInTime() {
        ask("/app/a");
        accept();
        Peer second = ask("/app/b");

        proxy.advance(Duration.ofMillis(2500));

        assertThat(text(second)).startsWith("HTTP/1.1 503 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"max=0", "timeout=0"})
    void shouldConnectForAWaitingRequestWhereTheServerTakesNoMoreOnTheConnection(String limit) {
        // Given
        ask("/app/a");
        Peer server = accept();
        Peer second = ask("/app/b");
        text(server);

        // When
        send(server, "HTTP/1.1 200 OK\r\nKeep-Alive: " + limit + "\r\nContent-Length: 0\r\n\r\n");

        // Then
        assertThat(text(server)).isEmpty();
        Peer next = accept();
        assertThat(text(next)).startsWith("GET /app/b ");
        send(next, OK);
        assertThat(text(second)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldGiveTheTurnOfAClientThatLeftToTheNext() {
        // Given
        ask("/app/a");
        Peer server = accept();
        Peer second = ask("/app/b");
        second.reset();
        proxy.settle();

        // When
        Peer third = ask("/app/c");
        text(server);
        send(server, OK);

        // Then
        assertThat(text(server)).startsWith("GET /app/c ");
        send(server, OK);
        assertThat(text(third)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldConnectAgainBehindAConnectThatFailedOrWasCalledOff() {
        ask("/app/a");
        proxy.refuse();
        proxy.settle();
        Peer second = ask("/app/b");
        second.reset();
        proxy.settle();

        ask("/app/c");

        assertThat(text(accept())).startsWith("GET /app/c ");
    }

    @Test
    void shouldKeepAConnectionNoLongerThanItsServerDoes() {
        // Given
        ask("/app/a");
        Peer server = accept();
        text(server);
        send(server, "HTTP/1.1 200 OK\r\nKeep-Alive: max=9, timeout=5\r\nContent-Length: 2\r\n\r\nok");

        // When
        proxy.advance(Duration.ofMillis(3500));
        ask("/app/b");
        assertThat(text(server)).startsWith("GET /app/b ");
        send(server, "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nok");
        proxy.advance(Duration.ofMillis(4500));
        ask("/app/c");

        // Then
        assertThat(server.isOpen()).isFalse();
        assertThat(text(accept())).startsWith("GET /app/c ");
    }

    @Test
    void shouldCloseAnIdleConnectionForATunnelThatNeedsItsPlace() {
        // Given
        Peer first = ask("/app/a");
        Peer idle = accept();
        text(idle);
        send(idle, OK);
        assertThat(text(first)).startsWith("HTTP/1.1 200 ");

        // When
        Peer client = proxy.connectTcp();
        proxy.settle();

        // Then
        assertThat(idle.isOpen()).isFalse();
        Peer server = accept();
        send(client, "hello");
        assertThat(text(server)).isEqualTo("hello");
    }
}
