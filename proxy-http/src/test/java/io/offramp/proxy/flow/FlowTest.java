package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What lies between two messages: pipelines, pools, peers that do not read. */
class FlowTest extends TextFlow {
    private static final String GET = "GET /app/a HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String NOWHERE = "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final int READ_BYTES = 256;

    /** Of one client: a read burst, what is written up to the high water mark, and an answer on top. */
    private static final long BOUND = 16 << 10;

    FlowTest() {
        super(new Handlers(READ_BYTES));
    }

    @Test
    void shouldSendABodyBehindAnotherRequestAtOnce() {
        // Given
        Peer client = proxy.connect();
        send(client, GET + "POST /app/b HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd");
        Peer server = accept();
        assertThat(text(server)).startsWith("GET /app/a ").doesNotContain("POST");

        // When
        send(server, OK);

        // Then
        assertThat(text(server)).startsWith("POST /app/b ").endsWith("\r\n\r\nabcd");
    }

    @Test
    void shouldBeginNoRequestWhileTheClientDoesNotRead() {
        // Given
        Peer client = proxy.connect();
        client.stall();

        // When
        for (int i = 0; i < 1000; i++) {
            send(client, NOWHERE);
        }

        // Then
        assertThat(proxy.heldBytes()).isLessThan(BOUND);
        client.resume();
        proxy.settle();
        assertThat(count(text(client), "HTTP/1.1 404")).isEqualTo(1000);
    }

    @Test
    void shouldBeginNoRequestWhileTheClientDoesNotReadAnswersOfServers() {
        // Given
        Peer client = proxy.connect();
        client.stall();
        send(client, GET.repeat(500));
        Peer server = accept();

        // When
        int answered = answerAll(server);

        // Then
        assertThat(answered).isLessThan(20);
        assertThat(proxy.heldBytes()).isLessThan(BOUND);
        client.resume();
        proxy.settle();
        answered += answerAll(server);
        assertThat(answered).isEqualTo(500);
        assertThat(count(text(client), "HTTP/1.1 200")).isEqualTo(500);
    }

    @Test
    void shouldEndAClientThatDoesNotReadThoughItsRequestsGoOn() {
        // Given
        Peer client = proxy.connect();
        client.stall();

        // When
        for (int second = 0; second < 7; second++) {
            send(client, NOWHERE.repeat(100));
            proxy.advance(Duration.ofSeconds(1));
        }

        // Then
        assertThat(client.wasReset()).isTrue();
    }

    @Test
    void shouldEndAClientThatGoesOnSendingBehindARefusalThatItDoesNotRead() {
        // Given
        Peer client = proxy.connect();
        client.stall();
        send(client, NOWHERE.repeat(4) + "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");

        // When
        for (int second = 0; second < 20; second++) {
            send(client, "x".repeat(1000));
            proxy.advance(Duration.ofSeconds(1));
        }

        // Then
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void shouldServeAClientThatReadsSlowly() {
        // Given
        Peer client = proxy.connect();
        client.stall();
        send(client, NOWHERE.repeat(200));

        // When: a kernel buffer at a time, in all longer than any timeout
        for (int i = 0; i < 50; i++) {
            proxy.advance(Duration.ofSeconds(4));
            client.resume();
            client.stall();
        }

        // Then
        assertThat(count(text(client), "HTTP/1.1 404")).isEqualTo(200);
        assertThat(client.wasReset()).isFalse();
    }

    @Test
    void shouldCloseWithoutAWordWhenOnlyAnEmptyLineFollowsABody() {
        // Given
        Peer client = proxy.connect();
        send(client, "POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd\r\n");
        Peer server = accept();
        send(server, OK);
        assertThat(text(client)).endsWith("ok");

        // When
        proxy.advance(Duration.ofSeconds(4));
        assertThat(client.isOpen()).isTrue();
        send(client, "\r");
        proxy.advance(Duration.ofSeconds(21));

        // Then
        assertThat(client.hasEnded()).isTrue();
        assertThat(client.take()).isEmpty();
        assertThat(proxy.logged()).containsExactly("/app/a");
    }

    @Test
    void shouldAnswerARequestBehindAnEmptyLineInAnyCut() {
        // Given
        Peer client = proxy.connect();

        // When
        for (char c : ("\r\n" + NOWHERE).toCharArray()) {
            send(client, String.valueOf(c));
        }

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void shouldAnswer408WhenABodyTrickles() {
        // Given
        Peer client = proxy.connect();
        send(client, "POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
        Peer server = accept();

        // When
        for (int second = 0; second < 7; second++) {
            send(client, "x".repeat(60));
            proxy.advance(Duration.ofSeconds(1));
        }

        // Then
        assertThat(text(client)).startsWith("HTTP/1.1 408 ");
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void shouldAnswer408WhenARequestTakesTooLongThoughItsBodyFlows() {
        // Given
        Peer client = proxy.connect();
        send(client, "POST /app/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
        Peer server = accept();

        // When
        for (int second = 0; second < 59; second++) {
            send(client, "x".repeat(700));
            proxy.advance(Duration.ofSeconds(1));
        }

        // Then
        assertThat(client.take()).isEmpty();
        proxy.advance(Duration.ofSeconds(2));
        assertThat(text(client)).startsWith("HTTP/1.1 408 ");
        assertThat(server.isOpen()).isFalse();
    }

    @Test
    void shouldDeliverASecondAnswerToNobodyWhenTheFirstEndsWithARead() {
        // Given
        Peer client = proxy.connect();
        send(client, GET + GET);
        Peer server = accept();

        // When
        send(server, answer(READ_BYTES) + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong");

        // Then
        assertThat(server.isOpen()).isFalse();
        send(accept(), OK);
        assertThat(text(client))
                .startsWith("HTTP/1.1 200 ")
                .doesNotContain("wrong")
                .endsWith("\r\n\r\nok");
    }

    @Test
    void shouldKeepAConnectionWhoseAnswerEndsWithARead() {
        // Given
        Peer client = proxy.connect();
        send(client, GET);
        Peer server = accept();
        text(server);

        // When
        send(server, answer(READ_BYTES));
        send(client, GET);

        // Then
        assertThat(proxy.offered()).isZero();
        assertThat(text(server)).startsWith("GET /app/a ");
    }

    @Test
    void shouldStopAServerWhoseInterimAnswersAreNotRead() {
        // Given
        Peer client = proxy.connect();
        client.stall();
        send(client, GET);
        Peer server = accept();

        // When
        for (int i = 0; i < 90; i++) {
            send(server, "HTTP/1.1 103 Early Hints\r\nLink: " + "x".repeat(500) + "\r\n\r\n");
        }

        // Then
        assertThat(proxy.heldBytes()).isLessThan(BOUND);
        client.resume();
        send(server, OK);
        assertThat(count(text(client), "HTTP/1.1 103")).isEqualTo(90);
    }

    @Test
    void shouldAnswer502WhenInterimAnswersDoNotEnd() {
        // Given
        Peer client = proxy.connect();
        send(client, GET);
        Peer server = accept();

        // When
        send(server, "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(101));

        // Then
        String answers = text(client);
        assertThat(count(answers, "HTTP/1.1 103")).isEqualTo(100);
        assertThat(count(answers, "HTTP/1.1 502")).isEqualTo(1);
    }

    /** Answers requests as they come, until none does; how many those were. */
    private int answerAll(Peer server) {
        int answered = 0;
        for (int asked = count(text(server), "GET "); asked > 0; asked = count(text(server), "GET ")) {
            send(server, answer(1000).repeat(asked));
            answered += asked;
        }
        return answered;
    }

    /** An answer of that length, its head included. */
    private static String answer(int bytes) {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: ";
        int digits = String.valueOf(bytes).length();
        int body = bytes - head.length() - digits - 4;
        String length = "0".repeat(digits - String.valueOf(body).length()) + body;
        return head + length + "\r\n\r\n" + "x".repeat(body);
    }

    private static int count(String text, String part) {
        return text.split(part, -1).length - 1;
    }
}
