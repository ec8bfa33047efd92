package io.offramp.app.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A drain during handshakes and exchanges. */
class DrainUnderWayIT {
    @ParameterizedTest
    @EnumSource(names = {"HW", "HW_RECORD"})
    void shouldServeOneRequestToWhoWasInItsHandshake(OffloadMode policy) throws Exception {
        try (RunningProxy proxy = RunningProxy.http(policy, policy);
                HesitantSocket tcp = new HesitantSocket(proxy.address())) {
            CompletableFuture<SSLSocket> client =
                    CompletableFuture.supplyAsync(tcp::handshake, Thread::startVirtualThread);
            await().until(() ->
                    tcp.hesitates.getCount() == 0 && proxy.connections().size() == 1);
            CompletableFuture<Integer> drain = CompletableFuture.supplyAsync(
                    () -> proxy.server().close(Duration.ofSeconds(20)), Thread::startVirtualThread);
            await().until(() -> isRefused(proxy));

            tcp.goesOn.countDown();
            SSLSocket socket = client.get(10, TimeUnit.SECONDS);
            Clients.send(socket, "GET /bytes/10 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);

            assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").containsIgnoringCase("connection: close");
            socket.close();
            assertThat(drain.get(5, TimeUnit.SECONDS)).as("cut").isZero();
            assertThat(proxy.server().close(Duration.ofSeconds(20)))
                    .as("a second time")
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HW", "HW_RECORD"})
    void shouldCloseAtOnceWhoHasNotSentAByte(OffloadMode policy) throws Exception {
        try (RunningProxy proxy = RunningProxy.http(policy, policy);
                Socket silent = new Socket(proxy.address().getAddress(), proxy.port())) {
            await().until(() -> proxy.connections().size() == 1);
            long startNs = System.nanoTime();

            int cut = proxy.server().close(Duration.ofSeconds(20));

            assertThat(cut).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(5));
            assertThat(silent.getInputStream().read()).isNegative();
        }
    }

    /** Sends the first bytes of the ClientHello, and the rest on request. */
    private static final class HesitantSocket extends Socket {
        private final CountDownLatch hesitates = new CountDownLatch(1);
        private final CountDownLatch goesOn = new CountDownLatch(1);

        HesitantSocket(InetSocketAddress address) throws IOException {
            super(address.getAddress(), address.getPort());
        }

        SSLSocket handshake() {
            try {
                return Clients.connect(this, "TLSv1.3", "TLS_AES_128_GCM_SHA256");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    int first = hesitates.getCount() == 0 ? 0 : 10;
                    out.write(bytes, offset, first);
                    hesitates.countDown();
                    try {
                        goesOn.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    out.write(bytes, offset + first, length - first);
                }
            };
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
