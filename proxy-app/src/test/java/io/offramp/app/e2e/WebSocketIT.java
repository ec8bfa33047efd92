package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JDK's WebSocket client, through the proxy to the demo's echo. */
class WebSocketIT {
    private static final int MESSAGES = 200;
    private static final int MESSAGE_BYTES = 10_000;

    @ParameterizedTest
    @EnumSource(OffloadMode.class)
    void shouldEchoMessages(OffloadMode policy) throws Exception {
        byte[] message = new byte[MESSAGE_BYTES];
        new Random(6455).nextBytes(message);
        try (RunningProxy proxy = RunningProxy.http(policy, policy);
                HttpClient client =
                        HttpClient.newBuilder().sslContext(Clients.trustsAll()).build()) {
            WebSocketEcho echo = new WebSocketEcho(MESSAGES * MESSAGE_BYTES);
            WebSocket socket = client.newWebSocketBuilder()
                    .buildAsync(URI.create("wss://127.0.0.1:" + proxy.port() + "/ws"), echo)
                    .get(10, TimeUnit.SECONDS);

            for (int i = 0; i < MESSAGES; i++) {
                socket.sendBinary(ByteBuffer.wrap(message), true).get(10, TimeUnit.SECONDS);
            }
            byte[] echoed = echo.all.get(20, TimeUnit.SECONDS);

            assertThat(echoed)
                    .hasSize(MESSAGES * MESSAGE_BYTES)
                    .startsWith(message)
                    .endsWith(message);
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);
            assertThat(echo.closed.get(10, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
        }
    }
}
