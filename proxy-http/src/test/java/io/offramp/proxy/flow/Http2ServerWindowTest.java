package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The window of a stream, where it is a setting. */
class Http2ServerWindowTest extends Http2ServerFlow {
    private static final int WINDOW = 1 << 20;

    Http2ServerWindowTest() {
        super(64 << 10, settings -> settings.window(WINDOW));
    }

    @Test
    void shouldLetAServerSendAheadAsMuchAsIsConfigured() {
        // Given
        Peer client = ask(GET);
        Http2Peer server = accept();
        client.stall();

        // When
        server.head(server.request(0), false, 200);
        server.body(server.request(0), true, new byte[3 * WINDOW]);
        settleWith(server);

        // Then
        assertThat(proxy.heldBytes()).isBetween((long) WINDOW - (256 << 10), (long) WINDOW + (256 << 10));
        client.resume();
        settleWith(server);
        assertThat(client.take()).hasSizeGreaterThan(3 * WINDOW);
    }
}
