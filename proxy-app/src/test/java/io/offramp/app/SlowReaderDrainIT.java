package io.offramp.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.app.e2e.Clients;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Answers that have begun when a process is told to stop, to clients that have not read them yet. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SlowReaderDrainIT {
    /** From one that the kernel's buffers take whole to one that the upstream has not sent yet. */
    private static final int[] SIZES = {100_000, 400_000, 1_000_000, 3_000_000};

    private static final int LITTLE = 16 << 10;

    @TempDir
    private Path directory;

    private DemoUpstream upstream;
    private ProxyProcess proxy;
    private final List<Client> clients = new ArrayList<>();

    /** Has asked and has not read. */
    private record Client(Socket socket, int bytes) {}

    @BeforeEach
    void start() throws IOException {
        upstream = DemoUpstream.start(0);
        DevelopmentCertificate.create(directory);
        proxy = new ProxyProcess(Files.writeString(
                directory.resolve("offramp.yaml"), """
                listeners:
                  - {bind: 127.0.0.1:0, upstream: "127.0.0.1:%1$d", tls: {cert: %2$s}}
                  - {bind: 127.0.0.1:0, upstream: "127.0.0.1:%1$d", tls: off}
                  - {bind: 127.0.0.1:0, upstream: "127.0.0.1:%1$d", tls: {cert: %2$s}, \
                offload: {backend: device, tx: hw, rx: hw}}
                admin: {bind: 127.0.0.1:0}
                timeouts: {drain: 120s}
                """.formatted(upstream.port(), DevelopmentCertificate.FILE_NAME)));
    }

    @AfterEach
    void stop() throws IOException {
        for (Client each : clients) {
            each.socket().close();
        }
        proxy.close();
        upstream.close();
    }

    @Test
    void shouldDeliverThemWhole() throws Exception {
        // Given
        for (int bytes : SIZES) {
            List<Integer> ports = proxy.ports();
            ask(secured(connect(ports.get(0))), bytes);
            ask(connect(ports.get(1)), bytes);
            ask(secured(connect(ports.get(2))), bytes);
        }
        for (Client each : clients) {
            assertThat(HeldRequest.head(each.socket())).startsWith("HTTP/1.1 200");
        }

        // When
        proxy.terminate();
        await().atMost(30, TimeUnit.SECONDS).until(() -> proxy.hasLogged("stopping:"));

        // Then
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<Client, Future<String>> read = new HashMap<>();
            clients.forEach(each ->
                    read.put(each, readers.submit(() -> hash(each.socket().getInputStream()))));
            for (Client each : clients) {
                assertThat(Objects.requireNonNull(read.get(each)).get())
                        .as("%d bytes by %s", each.bytes(), each.socket())
                        .isEqualTo(hashOfDemo(each.bytes()));
            }
        }
        assertThat(proxy.exitCode()).isZero();
        assertThat(proxy.hasLogged("Serving: stopped")).isTrue();
        assertThat(proxy.hasLogged("were cut")).isFalse();
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(LITTLE);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    private static Socket secured(Socket socket) throws IOException {
        return Clients.trustsAll().getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
    }

    private void ask(Socket socket, int bytes) throws IOException {
        socket.setSoTimeout(120_000);
        HeldRequest.ask(socket, "/bytes/" + bytes);
        clients.add(new Client(socket, bytes));
    }

    /** The same page, without a proxy. */
    private String hashOfDemo(int bytes) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), upstream.port())) {
            socket.getOutputStream()
                    .write(("GET /bytes/" + bytes + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                            .getBytes(US_ASCII));
            HeldRequest.head(socket);
            return hash(socket.getInputStream());
        }
    }

    /** To the end of the stream. */
    private static String hash(InputStream in) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] piece = new byte[LITTLE];
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
            digest.update(piece, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
