package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** WebSockets of HTTP/2 (RFC 8441) on either side, and on both. */
class Http2WebSocketIT {
    private static final int MESSAGES = 200;
    private static final int MESSAGE_BYTES = 10_000;
    private static final int PATIENCE_S = 20;

    @ParameterizedTest(name = "{0}, server over {1}")
    @CsvSource({"SW, HTTP1", "HW, HTTP1", "HW_RECORD, HTTP1", "SW, H2C", "HW, H2C", "HW_RECORD, H2C"})
    void shouldEchoMessagesOfAStream(OffloadMode policy, Upstream upstream) throws Exception {
        byte[] message = message();
        Http2WebSocket socket = new Http2WebSocket((long) MESSAGES * MESSAGE_BYTES);
        try (H2cServer server = H2cServer.start();
                RunningProxy proxy = upstream.proxy(policy, policy, server);
                Http2Client client = Http2Client.connect(proxy.address())) {
            assertThat(client.settings().connectProtocolEnabled()).isTrue();
            Http2StreamChannel stream = client.open(socket);
            Http2WebSocket.open(stream, "localhost:" + proxy.port(), "/ws");
            assertThat(socket.head.get(PATIENCE_S, TimeUnit.SECONDS).status()).hasToString("200");

            for (int i = 0; i < MESSAGES; i++) {
                Http2WebSocket.send(stream, message);
            }
            byte[] echoed = socket.all.get(PATIENCE_S, TimeUnit.SECONDS);

            assertThat(Arrays.hashCode(echoed)).isEqualTo(Arrays.hashCode(repeated(message)));
            stream.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
            assertThat(socket.closed.get(PATIENCE_S, TimeUnit.SECONDS)).isEqualTo(1000);
            assertThat(socket.ended.get(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
            stream.writeAndFlush(new DefaultHttp2DataFrame(true));
            await().until(() -> proxy.accessLines().size() == 1);
        }
    }

    @Test
    void shouldEchoMessagesOfHttp1OverAStreamToTheServer() throws Exception {
        byte[] message = message();
        WebSocketEcho echo = new WebSocketEcho(MESSAGES * MESSAGE_BYTES);
        try (H2cServer server = H2cServer.start();
                RunningProxy proxy = Upstream.H2C.proxy(OffloadMode.SW, OffloadMode.SW, server);
                HttpClient client =
                        HttpClient.newBuilder().sslContext(Clients.trustsAll()).build()) {
            WebSocket socket = client.newWebSocketBuilder()
                    .buildAsync(URI.create("wss://127.0.0.1:" + proxy.port() + "/ws"), echo)
                    .get(PATIENCE_S, TimeUnit.SECONDS);

            for (int i = 0; i < MESSAGES; i++) {
                socket.sendBinary(ByteBuffer.wrap(message), true).get(PATIENCE_S, TimeUnit.SECONDS);
            }
            byte[] echoed = echo.all.get(PATIENCE_S, TimeUnit.SECONDS);

            assertThat(Arrays.hashCode(echoed)).isEqualTo(Arrays.hashCode(repeated(message)));
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(echo.closed.get(PATIENCE_S, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
        }
    }

    private static byte[] message() {
        byte[] message = new byte[MESSAGE_BYTES];
        new Random(8441).nextBytes(message);
        return message;
    }

    private static byte[] repeated(byte[] message) {
        ByteBuffer all = ByteBuffer.allocate(MESSAGES * MESSAGE_BYTES);
        while (all.hasRemaining()) {
            all.put(message);
        }
        return all.array();
    }
}
