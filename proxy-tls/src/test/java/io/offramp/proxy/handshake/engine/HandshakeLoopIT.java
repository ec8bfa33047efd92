package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.tls.Negotiated;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What handshakes do to the event loop that they are on. */
class HandshakeLoopIT {
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldKeepTheEventLoopFreeWhileSignaturesAreMade(String version) throws Exception {
        // Given a worker whose signatures take as long as we like
        CountDownLatch signing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (ExecutorService worker = Executors.newSingleThreadExecutor()) {
            HandshakeSettings settings = TestSettings.DEFAULT
                    .with(TestSettings.RSA)
                    .on(task -> worker.execute(() -> {
                        signing.countDown();
                        awaitQuietly(goOn);
                        task.run();
                    }))
                    .build();
            try (HandshakeTestServer server = new HandshakeTestServer(settings)) {
                List<CompletableFuture<SSLSocket>> clients = IntStream.range(0, 8)
                        .mapToObj(i -> connect(server.port(), version))
                        .toList();
                assertThat(signing.await(10, TimeUnit.SECONDS)).isTrue();

                // When
                boolean ran = server.loop().submit(() -> {}).await(5, TimeUnit.SECONDS);

                // Then the loop had time, and the handshakes end when the signatures are there
                assertThat(ran).isTrue();
                assertThat(clients).noneMatch(CompletableFuture::isDone);
                goOn.countDown();
                for (CompletableFuture<SSLSocket> client : clients) {
                    client.get(20, TimeUnit.SECONDS).close();
                }
            } finally {
                goOn.countDown();
            }
        }
    }

    @Test
    void shouldEchoOverTheHybridGroupWithConscrypt() throws Exception {
        byte[] data = new byte[100_000];
        try (HandshakeTestServer server = new HandshakeTestServer(TestSettings.DEFAULT.build());
                SSLSocket client = JsseClient.connectConscrypt(
                        server.port(), p -> p.setApplicationProtocols(new String[] {"http/1.1"}))) {
            Negotiated negotiated = server.session().negotiated();

            assertThat(negotiated.group()).isEqualTo("X25519MLKEM768");
            assertThat(negotiated.serverName()).isEqualTo("localhost");
            assertThat(negotiated.protocol()).isEqualTo("http/1.1");
            assertThat(JsseClient.echo(client, data)).isEqualTo(data);
        }
    }

    private static CompletableFuture<SSLSocket> connect(int port, String version) {
        CompletableFuture<SSLSocket> connected = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                connected.complete(JsseClient.connect(port, p -> p.setProtocols(new String[] {version})));
            } catch (Exception e) {
                connected.completeExceptionally(e);
            }
        });
        return connected;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
