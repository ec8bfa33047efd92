package io.offramp.app.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.proxy.config.OffloadConfig.Policy;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A drain that begins in the middle of things. */
class DrainUnderWayIT {
    @ParameterizedTest
    @EnumSource(names = {"HW", "HW_RECORD"})
    void shouldServeOneRequestToWhoWasInItsHandshake(Policy policy) throws Exception {
        try (RunningProxy proxy = RunningProxy.http(policy, policy);
                Socket tcp = new Socket(proxy.address().getAddress(), proxy.port())) {
            await().until(() -> proxy.connections().size() == 1);
            CompletableFuture<Integer> drain =
                    CompletableFuture.supplyAsync(() -> proxy.server().close(Duration.ofSeconds(20)));
            await().until(() -> isRefused(proxy));

            SSLSocket socket = Clients.connect(tcp, "TLSv1.3", "TLS_AES_128_GCM_SHA256");
            Clients.send(socket, "GET /bytes/10 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);

            assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").containsIgnoringCase("connection: close");
            socket.close();
            assertThat(drain.get(5, TimeUnit.SECONDS)).as("cut").isZero();
            assertThat(proxy.server().close(Duration.ofSeconds(20))).as("a second time").isZero();
        }
    }

    private static boolean isRefused(RunningProxy proxy) {
        try (Socket socket = new Socket(proxy.address().getAddress(), proxy.port())) {
            return !socket.isConnected();
        } catch (IOException e) {
            return true;
        }
    }
}
