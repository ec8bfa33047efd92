package io.offramp.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.offramp.app.e2e.Clients;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An upgrade to a configuration that lacks a listener. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // pipes
class UpgradeListenersIT {
    private static final String UPGRADE = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n";
    private static final String SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n";

    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** In which a change is seen, and told if it is refused. */
    private static final Duration LOOKS = Duration.ofMillis(3_500);

    @TempDir
    private Path directory;

    private Path config;
    /** Answers when a test does. */
    private ServerSocket server;

    private int gone;
    private ProxyProcess proxy;
    private final List<Long> started = new ArrayList<>();

    @BeforeAll
    static void needsEpoll() {
        assumeTrue(Epoll.isAvailable(), "no epoll");
    }

    @BeforeEach
    void start() throws Exception {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            gone = free.getLocalPort();
        }
        DevelopmentCertificate.create(directory);
        config = directory.resolve("offramp.yaml");
        configure(listener(0) + listener(gone));
        proxy = ProxyProcess.inShell(config, "", "export OFFRAMP_NO_CACHE=1", "");
        configure(listener(0));
    }

    @AfterEach
    void stop() throws Exception {
        started.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        proxy.close();
        server.close();
    }

    @Test
    void shouldRefuseNewClientsAndDrainTheOthersUpToTheLimit() throws Exception {
        try (SSLSocket asking = HeldRequest.send(gone, "/");
                Socket asked = accept();
                SSLSocket client = webSocket();
                Socket tunnel = accept()) {
            // Given
            tunnel.getOutputStream().write(SWITCHING.getBytes(US_ASCII));
            assertThat(HeldRequest.head(client)).startsWith("HTTP/1.1 101");

            // When
            UpgradeRun upgrade = upgrade();
            upgrade.readUntil(" serves; ");

            // Then
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), gone).close())
                    .as("not in a backlog that nobody looks at")
                    .isInstanceOf(ConnectException.class);
            HeldRequest.end(asked);
            assertThat(HeldRequest.head(asking)).containsIgnoringCase("connection: close");
            tunnel.getOutputStream().write(new byte[] {(byte) 0x82, 1, 7});
            assertThat(client.getInputStream().readNBytes(3)).containsExactly(0x82, 1, 7);
            assertThat(client.getInputStream().readAllBytes())
                    .as("at the limit")
                    .containsExactly(0x88, 2, 1001 >> 8, 1001 & 0xFF);
            upgrade.readToEnd();
            assertThat(upgrade.lines()).last().asString().contains("1 connections were cut");
        }
    }

    @Test
    void shouldListenAgainIfTheNewProcessDies() throws Exception {
        try (SSLSocket asking = HeldRequest.send(gone, "/");
                Socket asked = accept()) {
            // Given
            UpgradeRun upgrade = upgrade();
            upgrade.readUntil(" serves; ");

            // When
            ProcessHandle.of(upgrade.pid()).orElseThrow().destroyForcibly();
            upgrade.readToEnd();

            // Then
            HeldRequest.end(asked);
            assertThat(HeldRequest.head(asking)).startsWith("HTTP/1.1 200");
            asked.shutdownOutput(); // it would be used again
            for (int port : new int[] {gone, proxy.port()}) {
                try (SSLSocket again = HeldRequest.send(port, "/");
                        Socket other = accept()) {
                    HeldRequest.end(other);
                    assertThat(HeldRequest.head(again)).startsWith("HTTP/1.1 200");
                }
            }
        }
    }

    @Test
    void shouldLeaveAChangeOfTheConfigurationToTheNewProcess() throws Exception {
        // Given
        proxy.close();
        configure(listener(0) + "reload: watch\n");
        proxy = ProxyProcess.inShell(config, "", "export OFFRAMP_NO_CACHE=1", "");
        try (SSLSocket asking = HeldRequest.send(proxy.port(), "/");
                Socket asked = accept()) {
            UpgradeRun upgrade = upgrade();
            upgrade.readUntil(" serves; ");

            // When
            configure(listener(0) + listener(gone) + "reload: watch\n");
            proxy.hangUp();

            // Then
            await().atMost(LIMIT).until(() -> proxy.hasLogged("SIGHUP: ignored"));
            await().atMost(LIMIT).until(() -> proxy.hasLogged("generation 2 is in use"));
            await("some looks").during(LOOKS).until(() -> !proxy.hasLogged("refused"));
            HeldRequest.end(asked);
            assertThat(HeldRequest.head(asking)).startsWith("HTTP/1.1 200");
            upgrade.readToEnd();
            assertThat(upgrade.exitCode()).isZero();
        }
    }

    private SSLSocket webSocket() throws IOException {
        SSLSocket socket = (SSLSocket) Clients.trustsAll().getSocketFactory().createSocket("127.0.0.1", gone);
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(UPGRADE.getBytes(US_ASCII));
        return socket;
    }

    /** The next request, at the server's side. */
    private Socket accept() throws IOException {
        Socket socket = server.accept();
        HeldRequest.head(socket);
        return socket;
    }

    private String listener(int port) {
        return "  - {bind: \"127.0.0.1:%d\", tls: {cert: %s}, upstream: \"127.0.0.1:%d\"}%n"
                .formatted(port, DevelopmentCertificate.FILE_NAME, server.getLocalPort());
    }

    private void configure(String listeners) throws IOException {
        Files.writeString(config, """
                listeners:
                %sadmin: {bind: "127.0.0.1:0"}
                upgrade-socket: upgrade.sock
                timeouts: {drain: 30s}
                """.formatted(listeners));
    }

    private UpgradeRun upgrade() throws IOException {
        return new UpgradeRun(
                StartScript.start(StartScript.ofDistribution(), directory, "upgrade", config.toString()), started);
    }
}
