package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Settings;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A host for servers that is not the client's. */
class UpstreamHostTest {
    @Test
    void shouldSendItsOwnHostAndSayWhichOneTheClientHasAskedFor() {
        try (Handlers proxy = new Handlers(256)) {
            // Given
            Peer client = proxy.connect();

            // When
            client.send(Message.ascii("GET /app/hosted?shop HTTP/1.1\r\nHost: a:8443\r\n\r\n"));
            proxy.settle();
            Peer server = proxy.accept();
            proxy.settle();

            // Then
            assertThat(text(server))
                    .startsWith("GET /app/hosted?shop HTTP/1.1\r\nHost: shop.internal:81\r\n")
                    .contains("\r\nX-Forwarded-Host: a:8443\r\n", "\r\nX-Forwarded-Port: 8443\r\n")
                    .doesNotContain("Host: a:8443\r\nHost");
        }
    }

    @Test
    void shouldRefuseWhatIsNoHost() {
        try (Handlers proxy = new Handlers(256)) {
            Peer client = proxy.connect();

            client.send(Message.ascii("GET /app/hosted?a/b@ HTTP/1.1\r\nHost: a\r\n\r\n"));
            proxy.settle();

            assertThat(text(client)).startsWith("HTTP/1.1 400 ");
            assertThat(proxy.offered()).isZero();
        }
    }

    @Test
    void shouldSendItsOwnAuthorityOverHttp2() {
        try (Handlers proxy = Handlers.http2Pair(16 << 10)) {
            // Given
            Http2ClientPeer client = new Http2ClientPeer(proxy.connect());
            Http2ClientPeer.Call call = client.askFor("/app/hosted?shop", true, "GET");

            // When
            proxy.settle();
            Http2Peer server = new Http2Peer(proxy.accept(), Http2Settings.defaultSettings());
            proxy.settle();
            server.read();

            // Then
            assertThat(Objects.requireNonNull(server.request(0).head.authority()))
                    .hasToString("shop.internal:81");
            assertThat(server.request(0).head.get("x-forwarded-host")).hasToString("a");
            assertThat(server.request(0).head.contains("host")).isFalse();
            assertThat(call.reset).isNull();
        }
    }

    private static String text(Peer peer) {
        return new String(peer.take(), StandardCharsets.ISO_8859_1);
    }
}
