package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Some clients send an empty line behind a body: it is no request, so nothing is an answer to it. */
class EmptyLinesTest {
    private static final String NOWHERE = "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n";

    private final Handlers proxy = new Handlers(256);
    private final Peer client = proxy.connect();

    @AfterEach
    void nothingIsLeft() {
        proxy.close();
        assertThat(proxy.heldBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                "\r",
                "\r\n\r\n",
                "\r\n\r",
                "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
            })
    void shouldCloseSilentlyWhenNothingFollowsEmptyLines(String lines) {
        // Given
        send(NOWHERE + lines);
        assertThat(received()).startsWith("HTTP/1.1 404 ");

        // When
        proxy.advance(Duration.ofSeconds(60));

        // Then
        assertThat(received()).isEmpty();
        assertThat(client.isOpen()).isFalse();
        assertThat(proxy.logged()).containsExactly("/nowhere");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "\r\n\r\n", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"})
    void shouldAnswerTheRequestBehindEmptyLinesInAnyPieces(String lines) {
        send(NOWHERE);
        for (char c : lines.toCharArray()) {
            send("" + c);
        }
        send(NOWHERE.substring(0, 1));
        send(NOWHERE.substring(1) + lines + NOWHERE);

        assertThat(received().split("HTTP/1.1 404 ", -1)).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\r",
                "\r\n\n",
                "\n",
                "\r\nx\r\n",
                "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
            })
    void shouldRefuseWhatIsNoEmptyLineOrOneTooMany(String lines) {
        send(NOWHERE);
        received();

        send(lines);

        assertThat(received()).startsWith("HTTP/1.1 400 ");
    }

    private void send(String text) {
        client.send(text.getBytes(StandardCharsets.ISO_8859_1));
        proxy.settle();
    }

    private String received() {
        return new String(client.take(), StandardCharsets.ISO_8859_1);
    }
}
