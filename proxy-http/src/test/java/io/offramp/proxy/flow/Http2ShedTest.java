package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Settings;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which streams of a client are given up while memory is short. */
class Http2ShedTest {
    private final Handlers proxy = Handlers.http2Pair(16 << 10);

    @AfterEach
    void nothingIsLeft() {
        proxy.close();
        assertThat(proxy.heldBytes()).isZero();
    }

    @Test
    void shouldNotTakeATunnelForARequest() {
        // Given a server that returns no credit
        Http2ClientPeer client = new Http2ClientPeer(proxy.connect());
        proxy.settle();
        client.read();
        Http2ClientPeer.Call call = client.ask(false, "CONNECT", ":protocol", "websocket");
        proxy.settle();
        Http2Peer server =
                new Http2Peer(proxy.accept(), Http2Settings.defaultSettings().connectProtocolEnabled(true));
        settle(client, server);
        server.head(server.request(0), false, 200);
        settle(client, server);
        client.body(call, false, new byte[200_000]);
        settle(client, server);
        assertThat(proxy.heldBytes()).isGreaterThan(50_000);

        // When
        proxy.advance(Duration.ofMillis(1500));
        proxy.shed();

        // Then
        assertThat(proxy.sheds()).isEmpty();
    }

    private void settle(Http2ClientPeer client, Http2Peer server) {
        for (int i = 0; i < 20; i++) {
            proxy.settle();
            server.read();
            client.read();
        }
    }
}
