package io.offramp.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.app.e2e.Clients;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The last words of a process that stops. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class GoingAwayIT {
    private static final String SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n";
    private static final String BEGUN = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun";

    private ServerSocket upstream;

    @SuppressWarnings("NullAway.Init") // each test starts it
    private ProxyProcess proxy;

    @TempDir
    private Path directory;

    @BeforeEach
    void listen() throws IOException {
        upstream = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"backend: sw", "backend: device, mode: hw-record"})
    void shouldTellBothEndsOfAWebSocketThatItGoes(String mode) throws Exception {
        // Given
        start("drain: 1s", mode);
        try (SSLSocket client = ask("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n");
                Socket server = accept(SWITCHING)) {
            readHead(client.getInputStream());
            server.getOutputStream().write(new byte[] {(byte) 0x82, 1, 7});
            assertThat(client.getInputStream().readNBytes(3)).containsExactly(0x82, 1, 7);

            // When
            CompletableFuture<Integer> exit = stopping();

            // Then
            assertThat(client.getInputStream().readAllBytes()).containsExactly(0x88, 2, 1001 >> 8, 1001 & 0xFF);
            byte[] last = server.getInputStream().readAllBytes();
            assertThat(last).hasSize(8).startsWith(0x88, 0x82);
            assertThat((last[6] ^ last[2]) & 0xFF).isEqualTo(1001 >> 8);
            assertThat((last[7] ^ last[3]) & 0xFF).isEqualTo(1001 & 0xFF);
            assertThat(exit.get()).isZero();
            assertThat(proxy.hasLogged("abort=\"drained by us\"")).isTrue();
        }
    }

    @Test
    void shouldCutAWebSocketWithinAFrame() throws Exception {
        // Given
        start("drain: 1s");
        try (SSLSocket client = ask("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n");
                Socket server = accept(SWITCHING)) {
            readHead(client.getInputStream());
            server.getOutputStream().write(new byte[] {(byte) 0x82, 3, 7});
            assertThat(client.getInputStream().readNBytes(3)).containsExactly(0x82, 3, 7);

            // When
            CompletableFuture<Integer> exit = stopping();

            // Then
            assertThat(server.getInputStream().readAllBytes()).hasSize(8);
            assertThat(rest(client)).as("bytes in the middle of a frame").isEmpty();
            assertThat(exit.get()).isZero();
            assertThat(proxy.hasLogged("abort=\"drained by us\"")).isTrue();
        }
    }

    @Test
    void shouldSayThatItHasCutAnAnswer() throws Exception {
        start("drain: 1s");
        try (SSLSocket client = ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                Socket _ = accept(BEGUN)) {
            readHead(client.getInputStream());

            assertThat(stopping().get()).isZero();

            assertThat(new String(rest(client), US_ASCII)).isEqualTo("begun");
            assertThat(proxy.hasLogged("abort=\"drained by us\"")).isTrue();
            assertThat(proxy.hasLogged("client left")).isFalse();
        }
    }

    @Test
    void shouldGoOnForTheDelayAndSayThatItIsNotReady() throws Exception {
        // Given
        start("drain-delay: 3s");
        assertThat(ready().statusCode()).isEqualTo(200);

        // When
        CompletableFuture<Integer> exit = stopping();

        // Then
        await().until(() -> ready().statusCode() == 503);
        assertThat(ready().body()).isEqualTo("leaving\n");
        assertThat(proxy.admin("GET", "/healthz").statusCode()).isEqualTo(200);
        try (SSLSocket client = ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                Socket server = accept(BEGUN)) {
            assertThat(readHead(client.getInputStream()))
                    .startsWith("HTTP/1.1 200")
                    .doesNotContain("close");
            server.getOutputStream().write(new byte[95]);
            assertThat(client.getInputStream().readNBytes(100)).startsWith('b', 'e', 'g', 'u', 'n');
        }
        assertThat(exit.get()).isZero();
    }

    private HttpResponse<String> ready() throws IOException, InterruptedException {
        return proxy.admin("GET", "/healthz/ready");
    }

    /** SIGTERM; gets the exit code. */
    private CompletableFuture<Integer> stopping() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return proxy.stop();
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private SSLSocket ask(String request) throws Exception {
        SSLSocket socket = (SSLSocket)
                Clients.trustsAll().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.getOutputStream().write(request.getBytes(US_ASCII));
        return socket;
    }

    /** The upstream's side of it, which answers. */
    private Socket accept(String answer) throws IOException {
        Socket socket = upstream.accept();
        readHead(socket.getInputStream());
        socket.getOutputStream().write(answer.getBytes(US_ASCII));
        return socket;
    }

    /** What comes until the end, or until the connection breaks. */
    private static byte[] rest(Socket socket) throws IOException {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(rest);
        } catch (SocketException | SSLException e) {
            assertThat(e).hasMessageMatching("(?i).*(reset|closed|closing|close_notify).*");
        }
        return rest.toByteArray();
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).as("%s", head).isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }

    private void start(String timeouts) throws IOException {
        start(timeouts, "backend: sw");
    }

    private void start(String timeouts, String mode) throws IOException {
        DevelopmentCertificate.create(directory);
        proxy = new ProxyProcess(Files.writeString(directory.resolve("offramp.yaml"), """
                listeners:
                  - {bind: 127.0.0.1:0, upstream: "127.0.0.1:%d", tls: {cert: %s}, offload: {%s}}
                admin: {bind: 127.0.0.1:0}
                timeouts: {%s}
                """.formatted(
                        upstream.getLocalPort(), DevelopmentCertificate.FILE_NAME, mode, timeouts)));
    }
}
