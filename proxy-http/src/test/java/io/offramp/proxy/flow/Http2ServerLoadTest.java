package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the proxy holds, counts and opens for one server of HTTP/2. */
class Http2ServerLoadTest extends Http2ServerFlow {
    private static final int PIECE_BYTES = 16 << 10;

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
}
