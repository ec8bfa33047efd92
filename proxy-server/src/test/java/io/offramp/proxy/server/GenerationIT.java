package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.handshake.engine.TrustsAll;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The next generation under a live listener. */
class GenerationIT {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private String log = "access.log";
    private HttpServer one;
    private HttpServer two;
    private ProxyServer proxy;

    @TempDir
    private Path dir;

    @BeforeEach
    void start() throws Exception {
        one = upstream("one");
        two = upstream("two");
        DevelopmentCertificate.create(dir);
        proxy = ProxyServer.start(config(one, ""), List.of(new SwProvider()));
    }

    @AfterEach
    void stop() {
        proxy.close();
        one.stop(0);
        two.stop(0);
    }

    @Test
    void shouldSendTheNextRequestOfAnOpenConnectionByTheNewRoutes() throws Exception {
        try (Client open = new Client()) {
            // Given
            assertThat(open.get()).isEqualTo("one");

            // When
            proxy.become(config(two, ""));

            // Then
            assertThat(open.get()).isEqualTo("two");
            try (Client next = new Client()) {
                assertThat(next.get()).isEqualTo("two");
            }
            assertThat(proxy.connections().iterator().next().id()).isEqualTo(1);
        }
    }

    @Test
    void shouldKeepTheTlsOfAnOpenConnectionAndGiveNewOnesTheNext() throws Exception {
        try (Client open = new Client()) {
            // When
            proxy.become(config(one, ", versions: ['1.2'], ciphers: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]"));

            // Then
            assertThat(open.get()).isEqualTo("one");
            assertThat(open.socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
            try (Client next = new Client()) {
                assertThat(next.get()).isEqualTo("one");
                assertThat(next.socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
            }
        }
    }

    @Test
    void shouldHoldNewConnectionsToTheLimitsOfTheNextGeneration() throws Exception {
        try (Client open = new Client()) {
            // When
            proxy.become(config(one, "", "limits: {connections: 1}"));

            // Then
            try (Socket refused = new Socket(InetAddress.getLoopbackAddress(), port())) {
                assertThat(refused.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(open.get()).isEqualTo("one");
        }
    }

    @Test
    void shouldLetOpenConnectionsLogWhereTheNextGenerationSays() throws Exception {
        try (Client open = new Client()) {
            // Given
            open.get();

            // When
            log = "next.log";
            proxy.become(config(one, ""));
            open.get();
            open.get();

            // Then
            assertThat(Files.readAllLines(dir.resolve("access.log"))).containsExactly("/ 200");
            await().untilAsserted(() ->
                    assertThat(Files.readAllLines(dir.resolve("next.log"))).containsExactly("/ 200", "/ 200"));
        }
    }

    @Test
    void shouldSayInPlainWordsWhyTheLogCannotBeWritten() throws Exception {
        Path gone = Files.createDirectory(dir.resolve("gone"));
        log = "gone/access.log";
        ProxyConfig next = config(one, "");
        Files.delete(gone);

        assertThatThrownBy(() -> proxy.become(next))
                .isInstanceOf(StartException.class)
                .hasMessage("cannot write the access log to " + gone.resolve("access.log") + ": no such directory: "
                        + gone.resolve("access.log"));
    }

    @Test
    void shouldLoseNoDescriptor() throws Exception {
        // Given
        long before;
        try (Client open = new Client()) {
            open.get();
            before = descriptors();

            // When
            for (int i = 0; i < 10; i++) {
                proxy.become(config(i % 2 == 0 ? two : one, ""));
                assertThat(open.get()).isEqualTo(i % 2 == 0 ? "two" : "one");
            }

            // Then
            await().untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(before));
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.count();
        }
    }

    private static HttpServer upstream(String name) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = name.getBytes(US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private ProxyConfig config(HttpServer upstream, String tls, String... more) throws IOException {
        Path file = Files.writeString(dir.resolve("offramp.yaml"), """
                listeners:
                  - bind: 127.0.0.1:0
                    tls: {cert: %s%s}
                    upstream: 127.0.0.1:%d
                logging: {access: {to: "file:%s", format: "{target} {status}"}}
                %s
                """.formatted(
                DevelopmentCertificate.FILE_NAME, tls, upstream.getAddress().getPort(), log, String.join("\n", more)));
        ConfigResult result = new ConfigLoader(List.of(new SwProvider()), dir).load(file);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        return ((ConfigResult.Loaded) result).config();
    }

    private int port() {
        return proxy.listeners().getFirst().address().getPort();
    }

    /** JSSE over one kept connection. */
    private final class Client implements AutoCloseable {
        final SSLSocket socket;
        private final BufferedReader in;

        Client() throws Exception {
            SSLContext context = TrustsAll.context();
            socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port());
            socket.setSoTimeout(10_000);
            socket.startHandshake();
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
        }

        /** The body of an answer. */
        String get() throws IOException {
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
            assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
            int length = 0;
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length: ")) {
                    length = Integer.parseInt(line.substring(16));
                }
            }
            char[] body = new char[length];
            for (int at = 0; at < length; ) {
                at += in.read(body, at, length - at);
            }
            return new String(body);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
