package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.handshake.engine.TrustsAll;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that a listener takes by the address of their client, in http and tcp mode, before any handshake. */
class ConnectionLimitsIT {
    private static final int TIMEOUT_MS = 20_000;

    private ServerSocket server;
    private ProxyServer proxy;

    @TempDir
    private Path dir;

    @BeforeEach
    void start() throws Exception {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::echo);
        DevelopmentCertificate.create(dir);
        proxy = ProxyServer.start(load("open: 1"), List.of(new SwProvider()));
    }

    private void echo() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> {
                    try (client) {
                        client.getInputStream().transferTo(client.getOutputStream());
                    } catch (IOException e) {
                        // the client has gone
                    }
                });
            } catch (IOException e) {
                return; // the end of the test
            }
        }
    }

    private ProxyConfig load(String web) throws IOException {
        Path file = Files.writeString(dir.resolve("offramp.yaml"), """
                listeners:
                  - name: web
                    bind: 127.0.0.1:0
                    tls: {cert: %s}
                    connections: {%s}
                    answer: {body: "here"}
                  - name: db
                    bind: 127.0.0.1:0
                    mode: tcp
                    tls: off
                    proxy-protocol: [127.0.0.1]
                    access: {addresses: [{deny: 192.0.2.66}]}
                    connections: {rate: 1/h, burst: 2, exempt: [198.51.100.0/24]}
                    upstream: 127.0.0.1:%d
                  - name: inner
                    bind: 127.0.0.1:0
                    mode: tcp
                    tls: off
                    proxy-protocol: [127.0.0.1]
                    access: {addresses: [{deny: 127.0.0.0/8}]}
                    upstream: 127.0.0.1:%<d
                logging: {access: false}
                """.formatted(
                        DevelopmentCertificate.FILE_NAME, web, server.getLocalPort()));
        ConfigResult result = new ConfigLoader(List.of(new SwProvider()), dir).load(file);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        return ((ConfigResult.Loaded) result).config();
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        server.close();
    }

    @Test
    void shouldCloseTheSecondConnectionOfAClientBeforeItsHandshake() throws Exception {
        try (SSLSocket first = secured()) {
            first.startHandshake();

            try (Socket second = plain(0)) {
                assertThat(isClosed(second)).isTrue();
            }

            assertThat(get(first)).startsWith("HTTP/1.1 200 ").endsWith("here");
            assertThat(metrics())
                    .contains("offramp_connections_refused_total{listener=\"web\",reason="
                            + "\"connections_per_address\"} 1.0")
                    .contains("offramp_connections_total{listener=\"web\"} 1.0");
        }

        // And once it is gone, there is room again
        await().ignoreExceptions().untilAsserted(() -> {
            try (SSLSocket third = secured()) {
                third.startHandshake();
            }
        });
    }

    @Test
    void shouldCountConnectionsOverAReloadAndOnlyCountInADryRun() throws Exception {
        try (SSLSocket first = secured()) {
            first.startHandshake();

            proxy.become(load("open: 1, clients: 8, rate: 100/s"));
            try (Socket second = plain(0)) {
                assertThat(isClosed(second)).isTrue();
            }

            proxy.become(load("open: 1, dry-run: true"));
            try (SSLSocket third = secured()) {
                third.startHandshake();
                assertThat(get(third)).startsWith("HTTP/1.1 200 ");
            }
            assertThat(metrics())
                    .contains("offramp_connections_tolerated_total{listener=\"web\",reason="
                            + "\"connections_per_address\"} 1.0");
        }
    }

    @Test
    void shouldGoByTheClientThatAProxyNamesInTcpMode() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (Socket within = named("192.0.2.7")) {
                assertThat(isEchoed(within)).isTrue();
            }
        }
        try (Socket over = named("192.0.2.7");
                Socket other = named("192.0.2.8");
                Socket denied = named("192.0.2.66")) {
            assertThat(isClosed(over)).isTrue();
            assertThat(isEchoed(other)).isTrue();
            assertThat(isClosed(denied)).isTrue();
        }
        for (int i = 0; i < 4; i++) {
            try (Socket exempt = named("198.51.100.9")) {
                assertThat(isEchoed(exempt)).isTrue();
            }
        }
        assertThat(metrics())
                .contains("offramp_connections_refused_total{listener=\"db\",reason=\"connection_rate\"} 1.0")
                .contains("offramp_connections_refused_total{listener=\"db\",reason=\"address\"} 1.0")
                .contains("offramp_rate_limited_total{limit=\"listeners[1].connections\",mode=\"enforced\"} 1.0");
    }

    /** Such a connection is the peer's own. */
    @Test
    void shouldGoByThePeerWhereAProxyNamesNoClient() throws Exception {
        try (Socket local = plain(2);
                Socket client = plain(2)) {
            local.getOutputStream().write("PROXY UNKNOWN\r\nx".getBytes(US_ASCII));
            client.getOutputStream().write("PROXY TCP4 192.0.2.7 203.0.113.1 4711 443\r\nx".getBytes(US_ASCII));

            assertThat(isClosed(local)).isTrue();
            assertThat(isEchoed(client)).isTrue();
        }
        assertThat(metrics()).contains("offramp_connections_refused_total{listener=\"inner\",reason=\"address\"} 1.0");
    }

    private Socket plain(int listener) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MS);
        socket.connect(
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(),
                        proxy.listeners().get(listener).address().getPort()),
                TIMEOUT_MS);
        return socket;
    }

    private Socket named(String client) throws IOException {
        Socket socket = plain(1);
        socket.getOutputStream().write(("PROXY TCP4 " + client + " 203.0.113.1 4711 443\r\nx").getBytes(US_ASCII));
        return socket;
    }

    private static boolean isEchoed(Socket socket) throws IOException {
        return socket.getInputStream().read() == 'x';
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true; // reset, as bytes of ours were not read
        }
    }

    private SSLSocket secured() throws Exception {
        SSLContext context = TrustsAll.context();
        Socket socket = plain(0);
        return (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
    }

    private static String get(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }

    private String metrics() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        proxy.metrics().scrape(text);
        return text.toString(US_ASCII);
    }
}
