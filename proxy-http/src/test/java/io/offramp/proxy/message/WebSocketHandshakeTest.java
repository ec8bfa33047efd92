package io.offramp.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.proxy.http1.MessageReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class WebSocketHandshakeTest {
    /** The example of RFC 6455 §1.3. */
    @Test
    void shouldProveAKey() {
        assertThat(WebSocketHandshake.accept(fields("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")))
                .isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assertThat(WebSocketHandshake.accept(fields("X: 1"))).isNull();
    }

    @Test
    void shouldAcceptTheProofOfItsOwnKeyOnly() {
        String key = WebSocketHandshake.newKey();
        String proof = WebSocketHandshake.accept(fields("Sec-WebSocket-Key: " + key));

        assertThat(Base64.getDecoder().decode(key)).hasSize(16);
        assertThat(WebSocketHandshake.accepts(fields("Sec-WebSocket-Accept: " + proof), key))
                .isTrue();
        assertThat(WebSocketHandshake.accepts(fields("Sec-WebSocket-Accept: " + proof), WebSocketHandshake.newKey()))
                .isFalse();
        assertThat(WebSocketHandshake.accepts(fields("X: 1"), key)).isFalse();
    }

    private static Fields fields(String line) {
        MessageReader reader = MessageReader.ofRequests(1000, 1000);
        ByteBuf in =
                Unpooled.copiedBuffer("GET / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n", StandardCharsets.ISO_8859_1);
        assertThat(reader.read(in)).isEqualTo(MessageReader.Step.HEAD);
        in.release();
        return reader.takeHead().fields();
    }
}
