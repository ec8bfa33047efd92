package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 on both sides: ends of requests that bring no bytes, which need no window (RFC 9113 §6.9). */
class RequestEndTest {
    private static final int WINDOW = 65_535;

    private final Handlers proxy = Handlers.http2Pair(16 << 10);
    private final Http2ClientPeer client = new Http2ClientPeer(proxy.connect());

    @AfterEach
    void nothingIsLeft() {
        proxy.close();
        assertThat(proxy.heldBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldEndACallThoughItsNeighbourHasAllCreditOfTheServer(boolean trailers) {
        // Given
        Http2ClientPeer.Call neighbour = client.ask(false, "POST");
        Http2ClientPeer.Call call = client.ask(false, "POST");
        proxy.settle();
        Http2Peer server = new Http2Peer(proxy.accept(), Http2Settings.defaultSettings());
        settle(server);
        client.body(call, false, "ab");
        settle(server);
        client.body(neighbour, false, new byte[WINDOW + 1000]);
        settle(server);
        assertThat(server.request(0).body.size()).isEqualTo(WINDOW - 2);

        // When
        if (trailers) {
            client.trailers(call, "x-end", "yes");
        } else {
            client.body(call, true, "");
        }
        settle(server);

        // Then
        assertThat(server.request(1).body.toString()).isEqualTo("ab");
        assertThat(server.request(1).ended).isTrue();
        assertThat(server.request(1).trailers != null).isEqualTo(trailers);
    }

    private void settle(Http2Peer server) {
        for (int i = 0; i < 4; i++) {
            proxy.settle();
            server.read();
            client.read();
        }
        proxy.settle();
    }
}
