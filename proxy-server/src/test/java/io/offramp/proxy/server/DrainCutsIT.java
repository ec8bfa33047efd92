package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.handshake.engine.TrustsAll;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What both sides see of an exchange that a drain cuts. */
class DrainCutsIT {
    private static final int BYTES = 100_000;

    private final ServerSocket upstream = new ServerSocket();
    private SSLContext tls;

    @TempDir
    private Path dir;

    DrainCutsIT() throws IOException {}

    @BeforeEach
    void listen() throws Exception {
        tls = TrustsAll.context();
        upstream.setReceiveBufferSize(4096);
        upstream.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        DevelopmentCertificate.create(dir);
    }

    @AfterEach
    void stop() throws IOException {
        upstream.close();
    }

    @Test
    void shouldNotEndADownloadOfUnknownLengthAsIfItWereWhole() throws Exception {
        // Given
        try (ProxyServer proxy = ProxyServer.start(config("http"), List.of(new SwProvider()));
                SSLSocket client = connect(proxy)) {
            client.getOutputStream().write("GET / HTTP/1.0\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
            try (Socket server = upstream.accept()) {
                server.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\nbegun".getBytes(US_ASCII));
                StringBuilder answer = new StringBuilder();
                while (!answer.toString().endsWith("begun")) {
                    answer.append((char) client.getInputStream().read());
                }

                // When
                proxy.close(Duration.ofMillis(100));

                // Then
                assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            }
        }
    }

    @Test
    void shouldDeliverWhatItHasTakenFromAClientOfBytes() throws Exception {
        // Given
        try (ProxyServer proxy = ProxyServer.start(config("tcp"), List.of(new SwProvider()));
                SSLSocket client = connect(proxy);
                Socket server = upstream.accept()) {
            client.getOutputStream().write(new byte[BYTES]);

            // When: the listener becomes another, and the time for its connections passes
            proxy.become(config("http"));
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);

            // Then
            assertThat(server.getInputStream().readNBytes(BYTES)).hasSize(BYTES);
            assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    private SSLSocket connect(ProxyServer proxy) throws IOException {
        InetSocketAddress address = proxy.listeners().getFirst().address();
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(address.getAddress(), address.getPort());
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        return socket;
    }

    private ProxyConfig config(String mode) throws IOException {
        Path file = Files.writeString(dir.resolve("offramp.yaml"), """
                listeners:
                  - {bind: '127.0.0.1:0', mode: %s, tls: {cert: %s}, upstream: '127.0.0.1:%d'}
                threads: 1
                timeouts: {drain: 2s}
                logging: {access: false}
                """.formatted(
                        mode, DevelopmentCertificate.FILE_NAME, upstream.getLocalPort()));
        ConfigResult result = new ConfigLoader(List.of(new SwProvider()), dir).load(file);
        assertThat(result).as("%s", result).isInstanceOf(ConfigResult.Loaded.class);
        return ((ConfigResult.Loaded) result).config();
    }
}
