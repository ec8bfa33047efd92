package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The proxy waits for one side at a time: {@code timeouts.body}, 6 s here, for the next piece of a client's body, and
 * {@code upstream-answer}, 10 s, for the head of a server's answer, and the same for the next piece of its body.
 */
class TimeoutFlowTest extends TextFlow {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final int READ_BYTES = 256;

    TimeoutFlowTest() {
        super(new Handlers(READ_BYTES));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Content-Length: 4\r\n\r\nabcd", "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n"})
    void shouldGiveAServerItsTimeBehindARequestWithABody(String body) {
        // Given, on a new connection and on one that was used
        Peer client = proxy.connect();
        Peer server = null;
        for (int round = 0; round < 2; round++) {
            send(client, "POST /app/a HTTP/1.1\r\nHost: a\r\n" + body);
            server = server == null ? accept() : server;
            assertThat(text(server)).contains("abcd");

            // When
            proxy.advance(Duration.ofMillis(9500));

            // Then
            assertThat(text(client)).isEmpty();
            send(server, OK);
            assertThat(text(client)).startsWith("HTTP/1.1 200 ");
        }
        send(client, "POST /app/a HTTP/1.1\r\nHost: a\r\n" + body);
        proxy.advance(Duration.ofMillis(10_500));
        assertThat(text(client)).startsWith("HTTP/1.1 504 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n"})
    void shouldNotExtendTheTimeForAnAnswerByInterimOnes(String interim) {
        // Given
        Peer client = ask("/app/a");
        Peer server = accept();

        // When
        for (int round = 0; round < 3; round++) {
            proxy.advance(Duration.ofSeconds(3));
            send(server, interim);
            assertThat(text(client)).isEqualTo(interim);
        }
        proxy.advance(Duration.ofMillis(1500));

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 504 ");
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void shouldNotExtendTheTimeForAHeadThatDrips() {
        // Given
        Peer client = ask("/app/a");
        Peer server = accept();

        // When
        for (char c : "HTTP/1.1 ".toCharArray()) {
            proxy.advance(Duration.ofSeconds(1));
            send(server, String.valueOf(c));
        }
        proxy.advance(Duration.ofMillis(1500));

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 504 ");
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void shouldNotExtendTheTimeForAnAnswerByAClientThatStopsReading() {
        // Given a client that has been slow to read many interim answers
        Peer client = ask("/app/a");
        Peer server = accept();
        client.stall();
        send(server, ("HTTP/1.1 103 Early Hints\r\nLink: <" + "a".repeat(1000) + ">\r\n\r\n").repeat(90));
        proxy.advance(Duration.ofSeconds(5));

        // When
        client.resume();
        proxy.settle();
        assertThat(text(client)).startsWith("HTTP/1.1 103 ").doesNotContain(" 50");
        proxy.advance(Duration.ofMillis(5500));

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 504 ");
    }

    @Test
    void shouldGiveAServerItsTimeToAskForABody() {
        String expecting = "POST /app/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
        // Given
        Peer client = proxy.connect();
        send(client, expecting);
        Peer server = accept();

        // When
        proxy.advance(Duration.ofMillis(9500));
        assertThat(text(client)).isEmpty();
        send(server, "HTTP/1.1 100 Continue\r\n\r\n");

        // Then it is the client's turn
        proxy.advance(Duration.ofMillis(5500));
        assertThat(text(client)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        proxy.advance(Duration.ofMillis(1000));
        assertThat(text(client)).startsWith("HTTP/1.1 408 ");

        // And a server that says nothing is to blame
        Peer other = proxy.connect();
        send(other, expecting);
        accept();
        proxy.advance(Duration.ofMillis(10_500));
        assertThat(text(other)).startsWith("HTTP/1.1 504 ");
    }

    @Test
    void shouldBeginAClientsTimeWhenTheServerTakesMoreOfItsBody() {
        // Given a server that reads no more, and a client whose last piece waits for that
        int most = piecesUntilOneWaits() - 1;
        Peer client = proxy.connect();
        Peer server = uploadToAServerThatStalls(client);
        for (int i = 0; i < most; i++) {
            send(client, "x".repeat(READ_BYTES));
        }
        proxy.advance(Duration.ofMillis(9500));
        assertThat(text(client)).isEmpty();

        // When
        server.resume();
        proxy.settle();
        proxy.advance(Duration.ofMillis(5000));

        // Then
        assertThat(text(client)).isEmpty();
        proxy.advance(Duration.ofMillis(1500));
        assertThat(text(client)).startsWith("HTTP/1.1 408 ");
    }

    private int piecesUntilOneWaits() {
        Peer client = proxy.connect();
        uploadToAServerThatStalls(client);
        int room = client.room();
        int pieces = 0;
        while (client.room() == room) {
            send(client, "x".repeat(READ_BYTES));
            pieces++;
        }
        client.reset();
        proxy.settle();
        return pieces;
    }

    /** Begins a long body; gives the server, which reads no more. */
    private Peer uploadToAServerThatStalls(Peer client) {
        send(client, "POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
        Peer server = accept();
        server.stall();
        return server;
    }
}
